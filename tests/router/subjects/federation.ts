import { composeSubgraphs } from '@kontor/router/src/composition/compose-subgraphs.ts';
import { execute, parse, validate, type DocumentNode } from 'graphql';
import type { Model } from '../generate/model.ts';
import { digest } from '../generate/random.ts';
import { createSubgraph, type Request, type Subgraph } from '../generate/subgraph.ts';
import { generateModel } from '../generate/supergraph.ts';
import type { Answer } from './subject.ts';

/** A composed federation whose subgraphs can be asked. */
export interface Federation {
  readonly model: Model;
  readonly supergraphSdl: string;
  readonly sdls: Readonly<Record<string, string>>;
  ask(subgraph: string, question: Question, request: Request): Promise<Answer>;
}

export interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
}

/** How many turns an answer takes at most, so that answers overtake each other. */
const MAX_TURNS = 12;

/** @throws Error when the subgraphs of this seed do not compose. */
export function createFederation(seed: number): Federation {
  const model = generateModel(seed);
  const subgraphs = new Map(model.subgraphs.map((name) => [name, createSubgraph(model, name)]));
  const sources = [...subgraphs.values()].map(({ name, sdl }) => ({
    name,
    routingUrl: `http://${name}.test/graphql`,
    files: [{ path: `${name}.graphql`, text: sdl }],
  }));
  const { supergraphSdl, errors } = composeSubgraphs(sources);
  if (supergraphSdl === null) throw new Error(`Seed ${seed} does not compose:\n${errors.join('\n')}`);
  const documents = new Map<string, DocumentNode>();
  return {
    model,
    supergraphSdl,
    sdls: Object.fromEntries([...subgraphs].map(([name, { sdl }]) => [name, sdl])),
    async ask(name, question, request) {
      const subgraph = subgraphs.get(name)!;
      const turns = digest(name + question.query) % MAX_TURNS;
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      return answer(subgraph, question, request, documents);
    },
  };
}

async function answer(
  { name, schema }: Subgraph,
  { query, variables, operationName }: Question,
  request: Request,
  documents: Map<string, DocumentNode>,
): Promise<Answer> {
  const key = `${name} ${query}`;
  let document = documents.get(key);
  if (!document) {
    document = parse(query);
    const problems = validate(schema, document);
    if (problems.length > 0) throw new Error(`${name} was sent what it cannot know: ${problems.join('; ')}\n${query}`);
    documents.set(key, document);
  }
  const result = await execute({
    schema,
    document,
    // As it is after the way through JSON.
    variableValues: JSON.parse(JSON.stringify(variables ?? {})) as Record<string, unknown>,
    operationName: operationName ?? null,
    contextValue: request,
  });
  return JSON.parse(JSON.stringify({ data: null, errors: [], ...result })) as Answer;
}
