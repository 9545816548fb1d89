-- The birthdays of Appwrite's guide on JWT authentication. Passwords and keys are public: use this to try
-- things out on your own machine.

-- Passwords: password-a, password-b, password-c.
INSERT INTO users (id, email, password, profile) VALUES
    ('user-a', 'a@example.com',
     '$argon2id$v=19$m=19456,t=2,p=1$npcHtNHLL5p3brq3v3UtLA$gqt3xW6F3wH0m673aLN6J08/dN+tmPLupMzrs4ajujY',
     '{"$id": "user-a", "emailVerification": true}'),
    ('user-b', 'b@example.com',
     '$argon2id$v=19$m=19456,t=2,p=1$uoWjK0I2NAbu7UADp8yg+Q$l2fhxH1Tc9ubsPYRnOe8zqsA9VSdOs6WjjO9eflYods',
     '{"$id": "user-b", "emailVerification": true}'),
    ('user-c', 'c@example.com',
     '$argon2id$v=19$m=19456,t=2,p=1$jrF/F05l1XXvPyhCkvWPwQ$MhQY+DV+t7hiO8ptvu6mtIPIrLce/Je+YcBSw/ACJH8',
     '{"$id": "user-c", "emailVerification": false}');

INSERT INTO keys (secret, name, scopes) VALUES
    -- standard_backend-of-the-birthdays
    (x'355715b856536310d9ff65d427af4647332b6e17cef06d20add5d1bf303fe678',
     'Backend', '["documents.read", "documents.write", "sessions.write", "users.write"]'),
    -- standard_reader-of-the-birthdays
    (x'e89c730d97e74d12479098af96a1bbfe6a870249cee123f218207d21b5751123',
     'Reader', '["documents.read"]'),
    -- standard_health-of-the-birthdays
    (x'507611cbdea6f8c2e692ff4ca5ac2894b142782b8175888b2fc5bbace9ffbc5f',
     'Health', '["health.read"]');

INSERT INTO databases (id) VALUES ('guide');

INSERT INTO collections (number, database, id, rules, attributes) VALUES
    (1, 'guide', 'birthdays', '{"$permissions": ["create(\"users\")"], "documentSecurity": true}',
     '["name", "birthday"]');

INSERT INTO documents (collection, id, permissions, data) VALUES
    (1, 'ac5fc866ad1e', '["read(\"user:user-a\")"]',
     '{"$id": "ac5fc866ad1e", "$createdAt": "2026-01-01T00:00:00.000+00:00", "$updatedAt": "2026-01-01T00:00:00.000+00:00", "name": "Kevin", "birthday": "2012-02-03"}'),
    (1, 'bc7fc866ad1e', '["read(\"user:user-b\")"]',
     '{"$id": "bc7fc866ad1e", "$createdAt": "2026-01-01T00:00:00.000+00:00", "$updatedAt": "2026-01-01T00:00:00.000+00:00", "name": "Laura", "birthday": "1999-09-22"}'),
    (1, 'cc2fc886ad1e', '["read(\"user:user-c\")"]',
     '{"$id": "cc2fc886ad1e", "$createdAt": "2026-01-01T00:00:00.000+00:00", "$updatedAt": "2026-01-01T00:00:00.000+00:00", "name": "Bob", "birthday": "1982-05-11"}');
