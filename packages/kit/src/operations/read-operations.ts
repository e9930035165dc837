import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createOperationManifest,
  ManifestError,
  parseManifest,
  parseOperationFile,
  type OperationManifest,
  type RegisteredOperation,
} from './operation-manifest.ts';

const MANIFEST_BYTES = 64 * 1024 * 1024;

/**
 * Reads the registered operations of manifests (`.json`) and of folders of `.graphql` files such as `schema/operations/web/`.
 * @throws ManifestError with one line for each mistake of all of them.
 */
export function readOperationManifest(sources: readonly (string | URL)[]): OperationManifest {
  const operations: RegisteredOperation[] = [];
  const mistakes: string[] = [];
  for (const source of sources) {
    const path = typeof source === 'string' ? source : fileURLToPath(source);
    for (const read of readersOf(path))
      try {
        operations.push(...read());
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        mistakes.push(error.message);
      }
  }
  if (mistakes.length > 0) throw new ManifestError(mistakes.join('\n'));
  return createOperationManifest(operations);
}

function readersOf(path: string): (() => RegisteredOperation[])[] {
  if (!existsSync(path))
    return [
      () => {
        throw new ManifestError(`${path}: there is no such file or folder.`);
      },
    ];
  const { size } = statSync(path);
  if (statSync(path).isDirectory())
    return globSync('*.graphql', { cwd: path })
      .sort()
      .map((file) => () => [parseOperationFile(readFileSync(join(path, file), 'utf8'), file)]);
  return [
    () => {
      if (size > MANIFEST_BYTES)
        throw new ManifestError(`${path}: has ${size} bytes, and may have ${MANIFEST_BYTES} at most.`);
      return parseManifest(readFileSync(path, 'utf8'), path);
    },
  ];
}
