import { Kind, parse, print, stripIgnoredCharacters, type OperationDefinitionNode } from 'graphql';
import { z } from 'zod';
import { sha256 } from './operation-request.ts';

const OPERATIONS = 10_000;
const BODY_CHARACTERS = 100 * 1024;

/** An operation that clients may send by its id. */
export interface RegisteredOperation {
  readonly id: string;
  readonly name: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** A document with exactly this operation and its fragments. */
  readonly body: string;
}

/** Registered operations. */
export interface OperationManifest {
  readonly size: number;
  /** By its id, or by the SHA-256 of one of its texts. */
  byId(id: string): RegisteredOperation | undefined;
  /** By its body, or by how graphql-js prints or shortens that: texts that differ in nothing but what GraphQL ignores. */
  byText(text: string): RegisteredOperation | undefined;
}

/** Registered operations that cannot be used. The message has one line for each mistake, with its file. */
export class ManifestError extends Error {
  override name = 'ManifestError';
}

const id = z.string().min(1).max(512);
const body = z.string().min(1).max(BODY_CHARACTERS);
/** https://www.apollographql.com/docs/graphos/platform/security/persisted-queries, "Manifest format". */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z
    .array(
      z.object({
        id,
        name: z.string().min(1).max(512),
        type: z.enum(['query', 'mutation', 'subscription']),
        body,
      }),
    )
    .max(OPERATIONS),
});

/** What a file says of an operation before its body was read. */
interface Entry {
  readonly id: string;
  readonly body: string;
  readonly name?: string;
  readonly type?: string;
}

/**
 * Reads a manifest in Apollo's format (`format`, `version`, `operations`) or in Relay's (`{ "<id>": "<text>" }`).
 * @param source names it in messages.
 * @throws ManifestError
 */
export function parseManifest(text: string, source: string): RegisteredOperation[] {
  return readOperations(entriesOf(parsed(text, source), source), source);
}

/**
 * The operation of one `.graphql` file, with the SHA-256 of its text as its id.
 * @throws ManifestError
 */
export function parseOperationFile(text: string, source: string): RegisteredOperation {
  const trimmed = text.trim();
  return readOperations([{ id: sha256(trimmed), body: trimmed }], source)[0]!;
}

/**
 * Joins registered operations. The same operation may come twice, in whatever order.
 * @throws ManifestError when one id stands for two documents, or there are more than 10,000.
 */
export function createOperationManifest(operations: readonly RegisteredOperation[]): OperationManifest {
  const ids = new Map<string, RegisteredOperation>();
  const texts = new Map<string, RegisteredOperation>();
  const mistakes: string[] = [];
  for (const operation of operations) {
    const known = ids.get(operation.id);
    if (known && known.body !== operation.body)
      mistakes.push(
        `the id ${JSON.stringify(operation.id)} stands for ${known.name} and for another ${operation.name}.`,
      );
    ids.set(operation.id, operation);
  }
  const size = ids.size;
  if (size > OPERATIONS) mistakes.push(`there are ${size} operations, and at most ${OPERATIONS} can be registered.`);
  if (mistakes.length > 0) throw failed('The registered operations', mistakes);
  for (const operation of [...ids.values()])
    for (const text of writings(operation.body)) {
      if (!texts.has(text)) texts.set(text, operation);
      const hash = sha256(text);
      if (!ids.has(hash)) ids.set(hash, operation);
    }
  return { size, byId: (key) => ids.get(key), byText: (text) => texts.get(text) };
}

/** The ways in which clients write a registered body. */
const writings = (text: string): string[] => [text, text.trim(), print(parse(text)), stripIgnoredCharacters(text)];

function parsed(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failed(source, [`is not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function entriesOf(json: unknown, source: string): Entry[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw failed(source, ['must be a JSON object.']);
  // In Relay's form the texts stand under their ids: `format` cannot be one, as it is no document.
  if (Object.hasOwn(json, 'format') || Object.hasOwn(json, 'operations')) {
    const result = apolloManifest.safeParse(json);
    if (result.success) return result.data.operations;
    throw failed(
      source,
      result.error.issues.map(({ path, message }) => `${path.join('.') || 'the manifest'}: ${message}`),
    );
  }
  const entries: Entry[] = [];
  const mistakes: string[] = [];
  for (const [key, value] of Object.entries(json) as [string, unknown][]) {
    const result = z.object({ id, body }).safeParse({ id: key, body: value });
    if (result.success) entries.push(result.data);
    else mistakes.push(...result.error.issues.map(({ message }) => `${JSON.stringify(key)}: ${message}`));
  }
  if (entries.length > OPERATIONS)
    mistakes.push(`has ${entries.length} operations, and at most ${OPERATIONS} can be registered.`);
  if (mistakes.length > 0) throw failed(source, mistakes);
  return entries;
}

function readOperations(entries: readonly Entry[], source: string): RegisteredOperation[] {
  const mistakes: string[] = [];
  const operations: RegisteredOperation[] = [];
  for (const entry of entries) {
    const operation = readOperation(entry);
    if (typeof operation === 'string') mistakes.push(`${entry.name ?? JSON.stringify(entry.id)}: ${operation}`);
    else operations.push(operation);
  }
  if (mistakes.length > 0) throw failed(source, mistakes);
  return operations;
}

/** @returns what is wrong with it, in one line. */
function readOperation(entry: Entry): RegisteredOperation | string {
  let definitions: readonly OperationDefinitionNode[];
  try {
    definitions = parse(entry.body, { noLocation: true }).definitions.filter(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION,
    );
  } catch (error) {
    return `is not GraphQL: ${error instanceof Error ? error.message : String(error)}`;
  }
  const [operation] = definitions;
  if (!operation || definitions.length > 1) return `holds ${definitions.length} operations, and must hold one.`;
  const name = operation.name?.value;
  if (name === undefined) return 'holds an operation without a name.';
  if (entry.name !== undefined && entry.name !== name) return `holds an operation of another name, ${name}.`;
  if (entry.type !== undefined && entry.type !== String(operation.operation))
    return `is a ${operation.operation}, not a ${entry.type}.`;
  // Clients make ids as they like; one that looks like a hash must be that of its body, or the text was changed after it was registered.
  if (/^[0-9a-f]{64}$/.test(entry.id) && entry.id !== sha256(entry.body))
    return `its id is not the SHA-256 of its body.`;
  return { id: entry.id, name, type: operation.operation, body: entry.body };
}

const failed = (source: string, mistakes: readonly string[]): ManifestError =>
  new ManifestError(mistakes.map((mistake) => `${source}: ${mistake.replaceAll(/\s+/g, ' ')}`).join('\n'));
