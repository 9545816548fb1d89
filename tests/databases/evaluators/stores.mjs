// mingo, for the tests in Rust. Reads one request per line, and writes one answer per line. Both are JSON.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Query } from "mingo";

const version = JSON.parse(readFileSync(new URL("node_modules/mingo/package.json", import.meta.url))).version;
let documents = [];

function answer(request) {
    if (request.version) return version;
    if (request.load) {
        documents = request.load.map(({ id, fields }) => ({ _id: id, ...fields }));
        return null;
    }
    const query = new Query(request.find);
    return documents.filter((document) => query.test(document)).map((document) => document._id);
}

for await (const line of createInterface({ input: process.stdin })) {
    let result;
    try {
        result = { ok: answer(JSON.parse(line)) };
    } catch (error) {
        result = { error: String(error) };
    }
    process.stdout.write(JSON.stringify(result) + "\n");
}
