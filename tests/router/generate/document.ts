import { parse, validate, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { createRandom, type Random } from './random.ts';
import { someSelections, type Writer } from './selections.ts';
import { createVariables } from './variables.ts';

/** A request as a client could send it. */
export interface Case {
  readonly document: string;
  readonly operationName: string | undefined;
  /** Values for the same document. */
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

const ATTEMPTS = 50;

/**
 * A random valid document over a schema: aliases, fragments of all kinds, conditions, variables, several operations.
 * The same for the same seed.
 */
export function generateCase(schema: GraphQLSchema, seed: number, variations: number): Case {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const random = createRandom(seed * ATTEMPTS + attempt);
    const made = writeCase(schema, random, variations);
    if (validate(schema, parse(made.document)).length === 0) return made;
  }
  throw new Error(`No valid document came from seed ${seed}.`);
}

function writeCase(schema: GraphQLSchema, random: Random, variations: number): Case {
  const count = random.chance(0.15) ? 2 : 1;
  const fragments: string[] = [];
  const operations = Array.from({ length: count }, (_, index) => {
    const variables = createVariables(random);
    const mutation = schema.getMutationType();
    const isMutation = mutation && random.chance(0.15);
    const root: GraphQLObjectType = isMutation ? mutation : schema.getQueryType()!;
    const writer: Writer = {
      schema,
      random,
      variables,
      fragments: [],
      names: new Map(),
      budget: random.between(4, 30),
      prefix: `F${index}x`,
    };
    const selections = someSelections(writer, root, random.between(3, 7));
    fragments.push(...writer.fragments.map(({ text }) => text));
    const name = count > 1 || random.chance(0.3) ? `Operation${index}` : '';
    const kind = isMutation ? 'mutation' : 'query';
    const head =
      name === '' && kind === 'query' && variables.definitions() === ''
        ? ''
        : `${kind} ${name}${variables.definitions()} `;
    return { name, text: `${head}${selections}`, values: () => variables.values() };
  });
  const chosen = random.pick(operations);
  return {
    document: [...operations.map(({ text }) => text), ...fragments].join('\n\n'),
    operationName: chosen.name === '' ? undefined : chosen.name,
    variables: Array.from({ length: variations }, () => chosen.values()),
  };
}
