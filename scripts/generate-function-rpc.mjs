// Writes libs/shared/src/contracts/function-rpc/function-rpc.generated.ts from function-rpc.proto.
// `--check` writes nothing and fails when the file is not what would be written.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import protobuf from 'protobufjs';

const room = new URL('../libs/shared/src/contracts/function-rpc/', import.meta.url);
const sourceFile = fileURLToPath(new URL('function-rpc.proto', room));
const targetFile = fileURLToPath(new URL('function-rpc.generated.ts', room));

const head = `// Generated from function-rpc.proto by scripts/generate-function-rpc.mjs: do not edit.

/** The messages of function-rpc.proto in the form that protobufjs' \`Root.fromJSON\` reads. */
export const functionRpcDescriptor = `;

/**
 * A oneof becomes fields with explicit presence, which is the same on the wire. protobufjs' own oneofs
 * delete every other member whenever one is read, which is half of the time that decoding takes.
 * @param {any} type protobufjs describes these trees only loosely
 */
function flattenOneofs(type) {
  for (const { oneof } of Object.values(type.oneofs ?? {})) {
    for (const name of oneof) type.fields[name].options = { features: { field_presence: 'EXPLICIT' } };
  }
  delete type.oneofs;
}

/** @param {any} namespace */
function simplify(namespace) {
  for (const entry of Object.values(namespace.nested ?? {})) {
    if (entry.fields) {
      flattenOneofs(entry);
      for (const field of Object.values(entry.fields)) delete field.protoName;
    }
    simplify(entry);
  }
  return namespace;
}

async function render() {
  const root = await new protobuf.Root().load(sourceFile, { keepCase: false });
  root.resolveAll();
  const descriptor = simplify(root.toJSON());
  // A string that is not UTF-8 is read with replacement characters: refusing it would end the stream.
  descriptor.options = { features: { utf8_validation: 'NONE' } };
  const text = `${head}${JSON.stringify(descriptor)};\n`;
  return format(text, { ...(await resolveConfig(targetFile)), filepath: targetFile });
}

const wanted = await render();
if (process.argv.includes('--check')) {
  const found = await readFile(targetFile, 'utf8').catch(() => '');
  if (found !== wanted) {
    console.error('function-rpc.generated.ts is out of date: run node scripts/generate-function-rpc.mjs');
    process.exitCode = 1;
  }
} else {
  await writeFile(targetFile, wanted);
}
