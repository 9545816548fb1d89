// Events for open connections, through appwrite, the SDK for the web, on a page in Chromium. Keys come from the other
// SDK. The page is one that the server answers with 404, because the server has neither pages nor CORS, and the SDK is
// added to it. A page that Playwright makes up would not be one of this machine, and Chromium would refuse its WebSocket.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(process.env.SDK_MODULES);
const { chromium } = require('playwright-core');
const keys = require('node-appwrite');

const { origin } = new URL(process.env.ENDPOINT);
const sdk = await readFile(new URL('iife/sdk.js', `file://${require.resolve('appwrite').replace(/cjs\/sdk\.js$/, '')}`), 'utf8');
const PATIENCE = 10_000;
const where = { databaseId: 'guide', collectionId: 'birthdays' };
const [KEVIN, LAURA] = ['ac5fc866ad1e', 'bc7fc866ad1e'];

const backend = new keys.Client().setEndpoint(process.env.ENDPOINT).setProject('birthdays').setKey('standard_backend-of-the-birthdays');
const databases = new keys.Databases(backend);
const users = new keys.Users(backend);
const rename = (documentId, name) => databases.updateDocument({ ...where, documentId, data: { name } });
const permit = (documentId, ...permissions) => databases.updateDocument({ ...where, documentId, permissions });
const secretOf = async (user) =>
    (await new keys.Account(backend).createEmailPasswordSession({ email: `${user}@example.com`, password: `password-${user}` })).secret;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, timeout: 30_000 });

/** Opens a page with the SDK, in a browser without cookies. */
async function open() {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    // What the server sends, as the page receives it.
    const sockets = [];
    page.on('websocket', (socket) => {
        const frames = [];
        socket.on('framereceived', ({ payload }) => frames.push(JSON.parse(payload)));
        sockets.push({ socket, frames });
    });
    await page.goto(`${origin}/`);
    await page.addScriptTag({ content: sdk });
    await page.evaluate(() => {
        const client = new Appwrite.Client().setEndpoint(`${location.origin}/v1`).setProject('birthdays');
        const realtime = new Appwrite.Realtime(client);
        Object.assign(window, { client, realtime, account: new Appwrite.Account(client) });
        Object.assign(window, { events: [], errors: [], closings: 0, subscriptions: [] });
        realtime.onError((error, code) => errors.push([error.message, code]));
        realtime.onClose(() => closings++);
    });
    return { page, sockets, close: () => context.close() };
}

/** Subscribes, and waits until the server has answered. */
async function subscribe({ page, sockets }, channels, queries = []) {
    const answers = () => sockets.flatMap(({ frames }) => frames).filter(({ data }) => data?.to === 'subscribe').length;
    const before = answers();
    await page.evaluate(
        async ([channels, queries]) => {
            const subscription = await realtime.subscribe(channels, (event) => events.push(event), queries);
            subscriptions.push(subscription);
        },
        [channels, queries],
    );
    await until(() => answers() > before);
}

async function until(holds) {
    const end = Date.now() + PATIENCE;
    while (!holds()) {
        assert.ok(Date.now() < end, 'it takes too long');
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

/** Waits for this number of events, and returns them. */
async function received({ page }, number) {
    await page.waitForFunction((number) => events.length >= number, number);
    return page.evaluate(() => events.splice(0));
}

const summary = (events) => events.map(({ events, payload }) => [events[0].split('.').slice(-2).join('.'), payload.name]);
const DOCUMENTS = 'databases.guide.collections.birthdays.documents';

let user, guest;
const steps = {
    'a user gets the events of its documents only': async () => {
        [user, guest] = [await open(), await open()];
        await user.page.evaluate(() => account.createEmailPasswordSession({ email: 'a@example.com', password: 'password-a' }));
        await subscribe(user, await user.page.evaluate(() => Appwrite.Channel.database('guide').collection('birthdays').document().toString()));
        assert.equal(user.sockets[0].frames[0].data.user.$id, 'user-a');
        await subscribe(guest, DOCUMENTS);
        assert.equal(guest.sockets[0].frames[0].data.user, null);
        await rename(LAURA, 'Lara');
        const changed = await rename(KEVIN, 'Kev');
        const [event, ...more] = await received(user, 1);
        assert.deepEqual(more, []);
        assert.deepEqual([event.payload.$id, event.payload.name], [KEVIN, 'Kev']);
        assert.equal(event.timestamp, changed.$updatedAt);
        assert.ok(event.events.includes('databases.*.collections.*.documents.*.update'), String(event.events));
        assert.ok(event.channels.includes(DOCUMENTS), String(event.channels));
    },
    'a guest gets the events of public documents only': async () => {
        // Events have the order of the changes, so an earlier one would have come before.
        const permissions = ['read("any")'];
        await databases.createDocument({ ...where, documentId: 'public', data: { name: 'Public' }, permissions });
        for (const one of [user, guest]) {
            assert.deepEqual(summary(await received(one, 1)), [['public.create', 'Public']]);
        }
    },
    'permissions taken away are a delete with the id only': async () => {
        await databases.updateDocument({ ...where, documentId: KEVIN, data: { name: 'hidden' }, permissions: ['read("user:user-b")'] });
        await rename(KEVIN, 'still hidden');
        await permit(KEVIN, 'read("user:user-a")');
        const [lost, back, ...more] = await received(user, 2);
        assert.deepEqual(more, []);
        assert.deepEqual(lost.payload, { $id: KEVIN });
        assert.deepEqual(summary([lost, back]), [[`${KEVIN}.delete`, undefined], [`${KEVIN}.create`, 'still hidden']]);
    },
    'a label is added, and events begin': async () => {
        const permissions = ['read("label:staff")'];
        await databases.createDocument({ ...where, documentId: 'plan', data: { name: 'Plan' }, permissions });
        await users.updateLabels({ userId: 'user-a', labels: ['staff'] });
        await rename('plan', 'Plan 2');
        assert.deepEqual(summary(await received(user, 1)), [['plan.update', 'Plan 2']]);
        await users.updateLabels({ userId: 'user-a', labels: [] });
        await rename('plan', 'Plan 3');
        await rename('public', 'for all');
        for (const one of [user, guest]) {
            assert.deepEqual(summary(await received(one, 1)), [['public.update', 'for all']]);
        }
    },
    'queries, an update of a subscription, and its end': async () => {
        const query = keys.Query.equal('name', ['wanted']);
        await guest.page.evaluate(() => subscriptions[0].unsubscribe());
        await subscribe(guest, 'documents', [query]);
        await rename('public', 'wanted');
        await rename('public', 'other');
        await rename('public', 'wanted');
        assert.deepEqual(summary(await received(guest, 2)), [['public.update', 'wanted'], ['public.update', 'wanted']]);
        const { frames } = guest.sockets[0];
        const before = frames.length;
        await guest.page.evaluate(() => subscriptions[1].update({ channels: ['rows'], queries: [] }));
        await until(() => frames.length > before);
        await rename('public', 'another');
        const [event] = await received(guest, 1);
        assert.deepEqual([event.payload.name, event.channels.includes('rows')], ['another', true]);
    },
    'a session is deleted, and the connection ends': async () => {
        await user.page.evaluate(() => account.deleteSession({ sessionId: 'current' }));
        await user.page.waitForFunction(() => closings === 1);
        assert.deepEqual(await user.page.evaluate(() => errors), [['the session has ended; sign in again', 1008]]);
        await user.page.evaluate(() => events.splice(0));
        await rename('public', 'gone');
        // The SDK would connect again after a second.
        await new Promise((resolve) => setTimeout(resolve, 1500));
        assert.equal(user.sockets.length, 1);
        assert.deepEqual(await user.page.evaluate(() => events), []);
        await user.close();
    },
    'a session by message, and a JWT': async () => {
        const [session, jwt] = [await secretOf('a'), await secretOf('a')];
        const client = new keys.Client().setEndpoint(process.env.ENDPOINT).setProject('birthdays').setSession(jwt);
        const token = (await new keys.Account(client).createJWT()).jwt;
        const [bySession, byJwt] = [await open(), await open()];
        await bySession.page.evaluate((session) => client.setSession(session), session);
        await byJwt.page.evaluate((token) => client.setJWT(token), token);
        for (const one of [bySession, byJwt]) await subscribe(one, DOCUMENTS);
        assert.equal(bySession.sockets[0].frames[0].data.user, null);
        assert.equal(byJwt.sockets[0].frames[0].data.user.$id, 'user-a');
        await rename(KEVIN, 'Kevin');
        for (const one of [bySession, byJwt]) {
            assert.deepEqual(summary(await received(one, 1)), [[`${KEVIN}.update`, 'Kevin']]);
            await one.close();
        }
    },
};

for (const [name, body] of Object.entries(steps)) {
    try {
        await body();
        console.log(`ok ${name}`);
    } catch (error) {
        console.log(`not ok ${name}: ${String(error.stack).replaceAll('\n', ' | ')}`);
    }
}
await browser.close();
