// Drives hal0 through OpenAI's own client, and prints what it saw as one JSON object.
// usage: node openai-client.mjs BASE_URL MODEL SLOT_THAT_IS_OFFLINE
import OpenAI from "openai";

const [baseURL, model, offline] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "Say something." }];
const seen = {};

const ids = [];
for await (const one of client.models.list()) ids.push(one.id);
seen.models = ids;
seen.retrieved = (await client.models.retrieve(model)).id;

const whole = await client.chat.completions.create({ model, messages, max_tokens: 8 });
seen.content = whole.choices[0].message.content;

let parts = 0;
let text = "";
const stream = await client.chat.completions.create({ model, messages, max_tokens: 8, stream: true });
for await (const part of stream) {
  parts += 1;
  text += part.choices[0]?.delta?.content ?? "";
}
seen.parts = parts;
seen.streamed = text;

const left = await client.chat.completions.create({ model, messages, max_tokens: 64, stream: true });
for await (const part of left) {
  left.controller.abort();
  break;
}
seen.left = true;

async function failure(wrong) {
  try {
    await client.chat.completions.create({ model: wrong, messages });
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.code, type: error.type, message: error.message };
  }
}
seen.unknown = await failure("nobody-has-this");
seen.offline = await failure(offline);
console.log(JSON.stringify(seen));
