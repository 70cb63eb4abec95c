// Reads an AsyncAPI document as its own parser does, and prints everything that the parser has to say about it: node asyncapi.js FILE.
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], 'utf8'));
for (const { severity, code, path, message } of diagnostics) console.log(`${['error', 'warning', 'information', 'hint'][severity]} ${code} at ${path.join('.')}: ${message}`);
if (!document || diagnostics.length > 0) process.exit(1);
console.log(`${document.channels().length} channels, ${document.operations().length} operations, no diagnostics`);
