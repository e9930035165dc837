import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Kind,
  parse,
  validate,
  type GraphQLSchema,
  type OperationDefinitionNode,
  visit,
  type DocumentNode,
} from 'graphql';
import { decideOperation } from './decide-operation.ts';
import { normaliseOperation } from './normalise-operation.ts';
import type { PlanRequest } from './planner.ts';

const MOST_FILES = 1_000;
const MOST_BYTES = 1_000_000;

/** Documents of a folder, ready to be planned. */
export interface DocumentFolder {
  readonly requests: readonly PlanRequest[];
  /** Why others are left out, one line each. */
  readonly problems: readonly string[];
}

/**
 * Reads every `.graphql` file of a folder and of those in it, at most 1,000 files of 1 MB.
 * A file that does not fit the schema is told and left out: it may be of yesterday.
 * @throws Error of the file system when the folder cannot be read.
 */
export async function readDocuments(folder: string, schema: GraphQLSchema): Promise<DocumentFolder> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.graphql')).sort();
  const requests: PlanRequest[] = [];
  const problems: string[] = [];
  for (const path of paths.slice(0, MOST_FILES)) {
    const file = join(folder, path);
    const read = (await stat(file)).size > MOST_BYTES ? 'is too large' : readText(await readFile(file, 'utf8'), schema);
    if (typeof read === 'string') problems.push(`${path}: ${read}`);
    else requests.push(...read);
  }
  if (paths.length > MOST_FILES) problems.push(`${paths.length - MOST_FILES} more files are not read`);
  return { requests, problems };
}

/** @returns the reason when it is not a valid document. */
function readText(text: string, schema: GraphQLSchema): PlanRequest[] | string {
  try {
    const document = parse(text, { noLocation: true });
    const [problem] = validate(schema, document, undefined, { maxErrors: 1 });
    if (problem) return problem.message;
    return document.definitions
      .filter((definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION)
      .flatMap((operation) => {
        // As a request asks for it: what is planned otherwise nobody would find.
        const alone = normaliseOperation(document, operation).document;
        const decided = isConditional(alone) ? null : decideOperation(schema, alone, new Map());
        return decided
          ? [{ text: normaliseOperation(decided, decided.definitions[0] as OperationDefinitionNode).text }]
          : [];
      });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether variables decide what is asked: each combination has a plan of its own, made when it first occurs. */
function isConditional(document: DocumentNode): boolean {
  let found = false;
  visit(document, { Directive: ({ name }) => void (found ||= name.value === 'skip' || name.value === 'include') });
  return found;
}
