// Sends what the OpenAPI document of an app allows, and what it forbids, and checks that the answers are those of the document:
// node fuzz.js ADDRESS [SEED [REQUESTS]], with so many of either for each operation. Ends with 1 and the findings when there are any.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { createGeneratorSync } from 'json-schema-faker';

const [address, given, size] = process.argv.slice(2);
const seed = Number(given ?? Date.now() % 1_000_000);
const each = Number(size ?? 60);
if (!(each >= 1)) throw new Error(`REQUESTS must be a number from 1 on, not '${size}'.`);
const methods = ['get', 'put', 'post', 'delete', 'patch'];
const refusedByState = ['304', '404', '409', '412'];

const document = await (await fetch(`${address}/openapi/v1.json`)).json();
const ajv = new Ajv2020({ strict: false, allErrors: true, multipleOfPrecision: 6 });
addFormats(ajv);
ajv.addFormat('decimal', true);
ajv.addSchema(document, 'api');
const faker = createGeneratorSync({ seed });
const random = mulberry(seed);
const strings = fc.sample(fc.string({ unit: 'binary', maxLength: 140 }), { numRuns: 400, seed }).filter((text) => text.isWellFormed());
// What earlier answers named, so that requests meet something.
const known = { id: [], productId: [], userId: [] };
const findings = new Set();
let requests = 0;

for (const [path, operations] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    const parameters = operation.parameters ?? [];
    const body = operation.requestBody?.content['application/json'].schema;
    for (let i = 0; i < each; i++) {
      const values = Object.fromEntries(parameters.filter((parameter) => parameter.required || random() < 0.5).map((parameter) => [parameter.name, valid(parameter.schema, parameter)]));
      const content = body && (operation.requestBody.required || random() < 0.7) ? valid(body) : undefined;
      await send(path, method, operation, values, content === undefined ? undefined : JSON.stringify(content), true);

      const broken = invalid(parameters, values, body, content);
      if (broken) await send(path, method, operation, broken.values, broken.content, false);
    }
  }

  for (const method of methods.filter((method) => !operations[method])) {
    const answer = await fetch(address + path.replace(/\{\w+\}/g, 'x'), { method: method.toUpperCase() });
    requests++;
    if (answer.status !== 405 || !answer.headers.get('allow')) findings.add(`${method} ${path}: ${answer.status}, Allow: ${answer.headers.get('allow')}`);
    await answer.arrayBuffer();
  }
}

console.log(`${requests} requests, seed ${seed}, ${findings.size} findings`);
for (const finding of findings) console.log(finding);
process.exit(findings.size > 0 ? 1 : 0);

async function send(path, method, operation, values, content, allowed) {
  const of = (place) => (operation.parameters ?? []).filter((parameter) => parameter.in === place && values[parameter.name] !== undefined);
  const query = of('query').map((parameter) => `${parameter.name}=${encodeURIComponent(values[parameter.name])}`).join('&');
  const target = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name])) + (query && `?${query}`);
  const headers = Object.fromEntries(of('header').map((parameter) => [parameter.name, String(values[parameter.name])]));
  if (content !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(address + target, { method, headers, body: content });
  requests++;
  const text = await answer.text();
  const find = (what) => findings.add(`${operation.operationId}: ${what}\n  ${method.toUpperCase()} ${target} ${JSON.stringify(headers)} ${content ?? ''}\n  ${answer.status} ${text}`.slice(0, 1500));

  const status = String(answer.status);
  const documented = operation.responses[status];
  if (!documented) return find('the status is not in the document');
  const type = (answer.headers.get('content-type') ?? '').split(';')[0];
  const schema = documented.content?.[type]?.schema;
  if (!schema && (documented.content || text)) return find(`the type ${type} is not in the document`);
  const json = schema && JSON.parse(text);
  const check = schema && validator(schema);
  if (check && !check(json)) return find(`the body is not as in the document: ${ajv.errorsText(check.errors)}`);
  if (answer.status >= 500) return find('an error of the server');
  const refused = status === '422' && ['IDEMPOTENCY_KEY_REUSED', 'AMOUNT_MISMATCH'].includes(json.code);
  if (allowed && !status.startsWith('2') && !refusedByState.includes(status) && !refused) return find('the document allows it, the app does not');
  if (!allowed && !status.startsWith('4')) return find('the document forbids it, the app does not');
  for (const entry of [json?.data ?? []].flat()) for (const name of Object.keys(known)) if (entry[name]) known[name].push(entry[name]);
}

/** A value that the schema allows; of a parameter, one that a request can carry. */
function valid(schema, parameter) {
  const check = validator(schema);
  for (let tries = 0; tries < 200; tries++) {
    const pool = known[parameter?.name] ?? [];
    const value = pool.length > 0 && random() < 0.7 ? pool[Math.floor(random() * pool.length)] : candidate(schema);
    if (check(value) && (!parameter || carries(parameter, String(value)))) return value;
  }

  throw new Error(`Nothing found that is allowed by ${JSON.stringify(schema)}`);
}

function candidate(schema) {
  if (schema.type === 'string' && !schema.enum && random() < 0.3) return strings[Math.floor(random() * strings.length)];
  const { if: condition, then, else: otherwise, ...rest } = schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;
  // The package only makes values for then; of the rest it makes some for else, too.
  const half = condition && random() < 0.5 ? { if: condition, then, else: otherwise } : {};
  return twoDigits(faker.generate({ ...rest, ...half, components: document.components }));
}

/** Multiples of 0.01 as floating-point numbers have digits that nobody meant; and lists are long. */
function twoDigits(value) {
  if (typeof value === 'number') return Number(value.toFixed(2));
  // Not always as many as may be.
  if (Array.isArray(value)) return payable(value.slice(0, 20).map(twoDigits));
  return value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'components').map(([name, member]) => [name, twoDigits(member)])) : value;
}

/** What no schema can say: all lines of an order have at most 18 digits before the point together. */
function payable(lines) {
  let sum = 0;
  return lines.filter((line) => {
    const amount = Number(line?.amount ?? 0);
    if (sum + amount >= 999999999999999000) return false;
    sum += amount;
    return true;
  });
}

/** The request with one thing that its schema forbids; null when nothing was found. */
function invalid(parameters, values, body, content) {
  const odd = [null, true, -1, 0, 0.5, 1e30, '', ' ', '..', 'x'.repeat(600), '\u0000', 'é', [], {}, [null], 'x,x', ...strings.slice(0, 20)];
  for (let tries = 0; tries < 50; tries++) {
    const value = odd[Math.floor(random() * odd.length)];
    if (body && random() < 0.7) {
      if (random() < 0.1) return { values, content: '{"' };
      const copy = structuredClone(content ?? {});
      const names = Object.keys(copy);
      const name = random() < 0.2 || names.length === 0 ? 'unknown' : names[Math.floor(random() * names.length)];
      if (random() < 0.3) delete copy[name];
      else copy[name] = value;
      if (!validator(body)(copy)) return { values, content: JSON.stringify(copy) };
    } else if (parameters.length > 0) {
      const parameter = parameters[Math.floor(random() * parameters.length)];
      const text = String(value);
      if (carries(parameter, text) && !validator(parameter.schema)(read(text, parameter.schema.type))) return { values: { ...values, [parameter.name]: text }, content: content === undefined ? undefined : JSON.stringify(content) };
    }
  }

  return null;
}

/** What the text of a parameter means. */
function read(text, type) {
  if (type === 'array') return text.split(',');
  return type === 'integer' && text.trim() !== '' ? Number(text) : text;
}

/** A header carries printable ASCII, without spaces around it; a path has no empty segment, dots or slashes. */
function carries(parameter, text) {
  if (parameter.in === 'header') return /^([!-~]|[!-~][ -~]*[!-~])$/.test(text);
  return parameter.in !== 'path' || !/^\.{0,2}$|\//.test(text);
}

function validator(schema) {
  return schema.$ref ? ajv.getSchema(`api${schema.$ref}`) : ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
}

function mulberry(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
