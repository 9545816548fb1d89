// The guide through node-appwrite. A server signs its users in with a key and gets the session's secret.
import { createRequire } from 'node:module';
import { guide } from './guide.mjs';

const sdk = createRequire(process.env.SDK_MODULES)('node-appwrite');
const client = () => new sdk.Client().setEndpoint(process.env.ENDPOINT).setProject('birthdays');
const withKey = (secret) => client().setKey(secret);

async function signIn(email, password) {
    const account = new sdk.Account(withKey('standard_backend-of-the-birthdays'));
    const { secret } = await account.createEmailPasswordSession({ email, password });
    return client().setSession(secret);
}

await guide({ sdk, client, signIn, keys: sdk, withKey });
