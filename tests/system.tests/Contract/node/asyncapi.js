// Reads AsyncAPI documents as their own parser does, and prints everything that the parser has to say about them: node asyncapi.js FILE….
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const files = process.argv.slice(2);
if (files.length === 0) throw new Error('There is no FILE to read.');
for (const file of files) {
  const { document, diagnostics } = await new Parser().parse(await readFile(file, 'utf8'));
  for (const { severity, code, path, message } of diagnostics) console.log(`${file}: ${['error', 'warning', 'information', 'hint'][severity]} ${code} at ${path.join('.')}: ${message}`);
  if (!document || diagnostics.length > 0) process.exitCode = 1;
  else console.log(`${file}: ${document.channels().length} channels, ${document.operations().length} operations, no diagnostics`);
}
