import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner, type QueryPlannerConfig } from '@apollo/query-planner';
import { parse, printSchema, validateSchema, type DocumentNode } from 'graphql';
import { attributeFailure } from './attribute-failure.ts';
import { createCorrections, planCorrectly, type CorrectedPlan } from './corrections/correct-plan.ts';
import { createFingerprint } from './fingerprint.ts';
import { indexSupergraph } from './index-supergraph.ts';
import type { ReadSupergraph } from './planner-messages.ts';
import { readFacts } from './read-facts.ts';
import { describeRefusal } from './refusal.ts';

/**
 * How Apollo's planner plans for our execution.
 * - Fragments are expanded: subgraph operations with fragments of the client (`reuseQueryFragments`) are 4% shorter and
 *   take a search for matching fragments in every fetch; generated ones (`generateQueryFragments`) are 16% longer, since
 *   the planner makes one of every type condition. (The documents of the channels, 49 fetches.)
 * - Flatten paths carry no type conditions (`typeConditionedFetching`): representations are chosen by their `requires`.
 * - As many plans are compared as the planner does by default. What takes too long ends by the time limit of the thread,
 *   so that an honest document gets the best plan rather than the best of the first thousand, and no number of paths
 *   (`pathsLimit`) refuses a document that can be planned in time.
 */
const PLANNER_CONFIG: QueryPlannerConfig = {
  exposeDocumentNodeInFetchNode: false,
  reuseQueryFragments: false,
  generateQueryFragments: false,
  typeConditionedFetching: false,
  incrementalDelivery: { enableDefer: false },
};

/** A supergraph in the planner's hands. */
export interface OpenSupergraph {
  readonly read: ReadSupergraph;
  /** @throws whatever the planner throws: see planning-failure.ts. */
  plan(text: string, overrides: readonly string[]): CorrectedPlan;
  /** See fingerprint.ts. */
  fingerprint(text: string): string | null;
}

/**
 * Reads a supergraph and prepares to plan over it.
 * @throws SupergraphError
 */
export function openSupergraph(supergraphSdl: string, validate: boolean): OpenSupergraph {
  try {
    return open(parse(supergraphSdl), validate);
  } catch (error) {
    throw describeRefusal(error);
  }
}

function open(document: DocumentNode, validate: boolean): OpenSupergraph {
  const supergraph = build(document, validate);
  const apiSchema = supergraph.apiSchema();
  const clientSchema = apiSchema.toGraphQLJSSchema();
  const [problem] = validate ? validateSchema(clientSchema) : [];
  if (problem) throw problem;
  const apiSdl = printSchema(clientSchema);

  const corrections = createCorrections(document);
  const planned = corrections.supergraph === document ? supergraph : build(corrections.supergraph, false);
  const planner = new QueryPlanner(planned, PLANNER_CONFIG);
  const index = indexSupergraph(document);
  return {
    read: {
      apiSdl,
      definitionStarts: parse(apiSdl).definitions.map(({ loc }) => loc!.start),
      facts: readFacts(supergraph, index),
    },
    plan(text, overrides) {
      const overrideConditions = new Map(overrides.map((label) => [label, true]));
      try {
        return planCorrectly(parse(text, { noLocation: true }), corrections, (operation) =>
          planner.buildQueryPlan(operationFromDocument(apiSchema, operation), { overrideConditions }),
        );
      } catch (error) {
        throw attributeFailure(error, text, () => apiSchema.toGraphQLJSSchema());
      }
    },
    fingerprint: createFingerprint(index),
  };
}

const build = (document: DocumentNode, validateSupergraph: boolean): Supergraph =>
  Supergraph.build(document, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, validateSupergraph });
