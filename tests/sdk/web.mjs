// The guide through appwrite, the SDK for the web. A session is a cookie, or what stands for a cookie. Node keeps
// no cookies, so the store below is what a browser would have. Keys come from the other SDK.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { guide } from './guide.mjs';

const require = createRequire(process.env.SDK_MODULES);
const sdk = require('appwrite');
const keys = require('node-appwrite');

const store = new Map();
const localStorage = {
    getItem: (name) => store.get(name) ?? null,
    setItem: (name, value) => store.set(name, String(value)),
};
globalThis.window = { localStorage, console: { warn() {} } };

const client = () => new sdk.Client().setEndpoint(process.env.ENDPOINT).setProject('birthdays');
const withKey = (secret) => new keys.Client().setEndpoint(process.env.ENDPOINT).setProject('birthdays').setKey(secret);

// Each user has its own browser, so that a client with a JWT sends no session.
async function signIn(email, password) {
    store.clear();
    const session = await new sdk.Account(client()).createEmailPasswordSession({ email, password });
    if (session.secret !== '') throw new Error('the secret of a session is for servers');
    const { a_session_birthdays: secret } = JSON.parse(store.get('cookieFallback'));
    store.clear();
    return client().setSession(secret);
}

async function keptByTheBrowser() {
    store.clear();
    await new sdk.Account(client()).createEmailPasswordSession({ email: 'a@example.com', password: 'password-a' });
    const where = { databaseId: 'guide', collectionId: 'birthdays' };
    const list = await new sdk.Databases(client()).listDocuments({ ...where, queries: [sdk.Query.equal('$id', 'ac5fc866ad1e')] });
    assert.equal(list.total, 1);
    const { jwt } = await new sdk.Account(client()).createJWT();
    const both = new sdk.Databases(client().setJWT(jwt)).listDocuments(where);
    await assert.rejects(both, { code: 403, type: 'user_jwt_and_cookie_set' });
    await new sdk.Account(client()).deleteSession({ sessionId: 'current' });
    assert.equal(store.get('cookieFallback'), '[]');
    await assert.rejects(new sdk.Account(client()).createJWT(), { code: 401 });
}

const more = [['a session that the browser keeps', keptByTheBrowser]];
await guide({ sdk, client, signIn, keys, withKey, more });
