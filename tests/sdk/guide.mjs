// Appwrite's guide on JWT authentication, and what a server needs beyond it, through one of the SDKs for
// JavaScript. The SDKs differ in how they keep a session, and only one of them has keys.
import assert from 'node:assert/strict';

const [DATABASE, BIRTHDAYS] = ['guide', 'birthdays'];
const where = { databaseId: DATABASE, collectionId: BIRTHDAYS };
const table = { databaseId: DATABASE, tableId: BIRTHDAYS };

/** Expects that the server refuses, and that the SDK passes the refusal on. */
async function refused(promise, code, type, message = /./) {
    const error = await promise.then(() => assert.fail('it was not refused'), (error) => error);
    assert.equal(error.name, 'AppwriteException', String(error));
    assert.deepEqual([error.code, error.type], [code, type], error.message);
    assert.match(error.message, message);
    const body = JSON.parse(error.response);
    assert.deepEqual(Object.keys(body).sort(), ['code', 'message', 'type', 'version']);
}

const names = (list) => list.documents.map((document) => document.name);

/**
 * Runs the guide. `sdk` is the SDK under test. `client()` returns a client without credentials, and
 * `signIn(email, password)` one with a session. `keys` is an SDK that has keys, and `withKey(secret)` returns a
 * client of it. The steps in `more` come last.
 */
export async function guide({ sdk, client, signIn, keys, withKey, more = [] }) {
    const { Account, Databases, TablesDB, Graphql, Query, Permission, Role, ID } = sdk;
    const databases = (client) => new Databases(client);
    const byKey = new keys.Databases(withKey('standard_backend-of-the-birthdays'));
    const all = [];
    const step = (name, body) => all.push([name, body]);
    let session, jwt, userA, userB;

    step('a session, and a JWT of it', async () => {
        session = await signIn('a@example.com', 'password-a');
        ({ jwt } = await new Account(session).createJWT());
        assert.equal(jwt.split('.').length, 3);
        userA = client().setJWT(jwt);
        await refused(new Account(userA).createJWT(), 403, 'user_jwt_creation_denied');
    });
    step('a JWT through GraphQL', async () => {
        const graphql = new Graphql(session);
        const query = { query: 'mutation { accountCreateJWT { jwt } }' };
        for (const answer of [await graphql.query({ query }), await graphql.mutation({ query })]) {
            const list = await databases(client().setJWT(answer.data.accountCreateJWT.jwt)).listDocuments(where);
            assert.deepEqual(names(list), ['Kevin']);
        }
        const guest = await new Graphql(client()).mutation({ query });
        assert.equal(guest.errors[0].extensions.type, 'general_unauthorized_scope');
    });
    step('one document for user-a by JWT', async () => {
        const list = await databases(userA).listDocuments(where);
        assert.equal(list.total, 1);
        const [{ $createdAt, $updatedAt, ...kevin }] = list.documents;
        assert.match($createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
        assert.equal($updatedAt, $createdAt);
        assert.deepEqual({ ...kevin }, {
            $id: 'ac5fc866ad1e', $sequence: '1', $databaseId: DATABASE, $collectionId: BIRTHDAYS,
            $permissions: ['read("user:user-a")'], name: 'Kevin', birthday: '2012-02-03',
        });
    });
    step('the same under the newer name', async () => {
        const list = await new TablesDB(userA).listRows(table);
        assert.equal(list.total, 1);
        assert.equal(list.rows[0].$tableId, BIRTHDAYS);
        assert.equal(list.rows[0].$collectionId, undefined);
        const row = await new TablesDB(userA).getRow({ ...table, rowId: 'ac5fc866ad1e' });
        assert.deepEqual({ ...row, toString: 0 }, { ...list.rows[0], toString: 0 });
    });
    step('three documents by key', async () => {
        const list = await byKey.listDocuments(where);
        assert.deepEqual([list.total, names(list)], [3, ['Kevin', 'Laura', 'Bob']]);
    });
    step('no total unless it is wanted', async () => {
        const list = await databases(userA).listDocuments({ ...where, total: false });
        assert.deepEqual([list.total, names(list)], [0, ['Kevin']]);
    });
    step('a key needs its scopes', async () => {
        const health = new keys.Databases(withKey('standard_health-of-the-birthdays'));
        await refused(health.listDocuments(where), 401, 'general_unauthorized_scope', /documents\.read/);
        const reader = new keys.Databases(withKey('standard_reader-of-the-birthdays'));
        assert.equal((await reader.listDocuments(where)).total, 3);
        const document = { ...where, documentId: keys.ID.unique(), data: {} };
        await refused(reader.createDocument(document), 401, 'general_unauthorized_scope', /documents\.write/);
    });
    step('a hidden document is not found', async () => {
        for (const documentId of ['bc7fc866ad1e', 'none']) {
            const document = { ...where, documentId };
            const missing = /^document not found$/;
            await refused(databases(userA).getDocument(document), 404, 'document_not_found', missing);
            await refused(databases(userA).updateDocument({ ...document, data: { name: 'x' } }), 404, 'document_not_found', missing);
            await refused(databases(userA).deleteDocument(document), 404, 'document_not_found', missing);
        }
        await refused(databases(userA).listDocuments({ ...where, collectionId: 'none' }), 404, 'collection_not_found');
        await refused(databases(userA).listDocuments({ ...where, databaseId: 'none' }), 404, 'database_not_found');
        await refused(new TablesDB(userA).getRow({ ...table, rowId: 'none' }), 404, 'row_not_found');
    });
    step('a new document belongs to its creator', async () => {
        const data = { name: 'Ann', birthday: '2000-02-29' };
        const made = await databases(userA).createDocument({ ...where, documentId: 'ann', data });
        assert.deepEqual(made.$permissions, ['read', 'update', 'delete'].map((action) => `${action}("user:user-a")`));
        const again = databases(userA).createDocument({ ...where, documentId: 'ann', data });
        await refused(again, 409, 'document_already_exists');
        await refused(databases(client()).createDocument({ ...where, documentId: ID.unique(), data }), 401, 'user_unauthorized');
    });
    step('permissions only for roles that the caller has', async () => {
        userB = client().setJWT((await new Account(await signIn('b@example.com', 'password-b')).createJWT()).jwt);
        const ann = { ...where, documentId: 'ann' };
        const grant = (...permissions) => databases(userA).updateDocument({ ...ann, permissions });
        const own = Permission.write(Role.user('user-a'));
        const foreign = grant(own, Permission.read(Role.user('user-b')));
        await refused(foreign, 401, 'user_unauthorized', /permission 1: .*user:user-b/);
        await refused(databases(userB).getDocument(ann), 404, 'document_not_found');
        const granted = await grant(own, Permission.read(Role.users()));
        assert.deepEqual(granted.$permissions, ['update("user:user-a")', 'delete("user:user-a")', 'read("users")']);
        assert.deepEqual(names(await databases(userB).listDocuments(where)), ['Laura', 'Ann']);
        assert.equal((await databases(userB).getDocument(ann)).name, 'Ann');
        await refused(databases(userB).updateDocument({ ...ann, data: { name: 'x' } }), 401, 'user_unauthorized');
        await refused(databases(userB).deleteDocument(ann), 401, 'user_unauthorized');
        await refused(databases(userB).updateDocument(ann), 400, 'document_missing_payload');
        const nothing = await databases(userB).updateDocument({ ...ann, data: { name: 'Ann' } });
        assert.equal(nothing.$updatedAt, granted.$updatedAt);
        await grant(own);
        assert.equal((await databases(userB).listDocuments(where)).total, 1);
    });
    step('a malformed permission is refused with its position', async () => {
        const permissions = ['read("any")', 'read("usr:ann")'];
        const malformed = databases(userA).createDocument({ ...where, documentId: ID.unique(), data: {}, permissions });
        await refused(malformed, 400, 'general_argument_invalid', /permission 1, byte 6: .*usr/);
    });
    step('an update, and a deletion', async () => {
        await byKey.updateDocument({ ...where, documentId: 'ann', permissions: ['write("user:user-a")', 'read("user:user-a")'] });
        const ann = { ...where, documentId: 'ann' };
        const changed = await databases(userA).updateDocument({ ...ann, data: { name: 'Anne' } });
        assert.deepEqual([changed.name, changed.birthday], ['Anne', '2000-02-29']);
        await databases(userA).deleteDocument(ann);
        await refused(databases(userA).getDocument(ann), 404, 'document_not_found');
        assert.equal((await byKey.listDocuments(where)).total, 3);
    });
    step('pages are full and totals exact', async () => {
        const mine = ['read("user:user-a")'];
        for (let i = 0; i < 7; i++) {
            const document = (whose, permissions) =>
                byKey.createDocument({ ...where, documentId: `${whose}-${i}`, data: { name: `${whose} ${6 - i}` }, permissions });
            await document('hers', ['read("user:user-b")']);
            await document('mine', mine);
        }
        const page = (...queries) => databases(userA).listDocuments({ ...where, queries });
        let [seen, after] = [[], []];
        for (let pages = 0; pages < 3; pages++) {
            const list = await page(Query.limit(3), ...after);
            assert.equal(list.total, 8);
            seen.push(...list.documents.map((document) => document.$id));
            after = [Query.cursorAfter(seen.at(-1))];
        }
        assert.deepEqual(seen, ['ac5fc866ad1e', ...[0, 1, 2, 3, 4, 5, 6].map((i) => `mine-${i}`)]);
        assert.deepEqual(names(await page(Query.limit(2), Query.offset(6))), ['mine 1', 'mine 0']);
        assert.deepEqual(names(await page(Query.orderAsc('name'), Query.limit(3))), ['Kevin', 'mine 0', 'mine 1']);
        const down = await page(Query.orderDesc('name'), Query.limit(3), Query.cursorAfter('mine-2'));
        assert.deepEqual(names(down), ['mine 3', 'mine 2', 'mine 1']);
        assert.deepEqual(names(await page(Query.orderDesc(''), Query.limit(2))), ['mine 0', 'mine 1']);
        const equal = await page(Query.equal('name', ['mine 3', 'hers 3', 'Laura']));
        assert.deepEqual([equal.total, names(equal)], [1, ['mine 3']]);
        await refused(page(Query.cursorAfter('hers-0')), 400, 'general_cursor_not_found');
        await refused(page(Query.equal('secret', 'x')), 400, 'general_query_invalid', /query 0/);
    });
    step('a forged JWT is refused', async () => {
        const payload = Buffer.from(JSON.stringify({ userId: 'user-b', exp: 4e9 })).toString('base64url');
        const none = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'none' })).toString('base64url');
        const [header, , signature] = jwt.split('.');
        for (const forged of [`${none}.${payload}.`, `${header}.${payload}.${signature}`, 'x']) {
            await refused(databases(client().setJWT(forged)).listDocuments(where), 401, 'user_jwt_invalid');
        }
    });
    step('nothing after the session is deleted', async () => {
        await new Account(session).deleteSession({ sessionId: 'current' });
        const list = await databases(userA).listDocuments(where);
        assert.deepEqual([list.total, list.documents.length], [0, 0]);
        await refused(new Account(session).createJWT(), 401, 'general_unauthorized_scope');
        await refused(databases(userA).getDocument({ ...where, documentId: 'ac5fc866ad1e' }), 404, 'document_not_found');
    });
    step('a wrong password is refused', async () => {
        await refused(signIn('a@example.com', 'password-b'), 401, 'user_invalid_credentials');
        await refused(signIn('nobody@example.com', 'password-a'), 401, 'user_invalid_credentials');
    });

    for (const [name, body] of [...all, ...more]) {
        try {
            await body();
            console.log(`ok ${name}`);
        } catch (error) {
            console.log(`not ok ${name}: ${String(error.stack).replaceAll('\n', ' | ')}`);
        }
    }
}
