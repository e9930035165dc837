import { TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { SupergraphFacts } from './supergraph-facts.ts';

const PERCENT = /^percent\((\d+(?:\.\d+)?)\)$/;

export interface OverrideChoice {
  /** Numbers from 0 to 1, without 1; one is drawn for each label `percent(x)`, in the order of the labels. */
  readonly random: () => number;
  /** Labels that are on or off whatever they say; others than `percent(x)` are on in no other way. */
  readonly forced?: ReadonlyMap<string, boolean> | undefined;
}

/**
 * Chooses which progressive overrides are on for one request: a label `percent(x)` for x of 100 requests, any other when
 * it is forced. One label is one choice for the request, however many fields bear it; two labels are chosen apart.
 * (As the `progressive_override` plugin of Apollo's router does.)
 * @returns the labels that are on, sorted, each once: the same set is the same plan.
 */
export function chooseOverrides(labels: readonly string[], { random, forced }: OverrideChoice): readonly string[] {
  if (labels.length === 0) return labels;
  return [...new Set(labels)].sort().filter((label) => forced?.get(label) ?? isDrawn(label, random));
}

function isDrawn(label: string, random: () => number): boolean {
  const percent = PERCENT.exec(label)?.[1];
  return percent !== undefined && random() * 100 < Number(percent);
}

/**
 * The labels that can change the plan of an operation. The others must be left out of what is chosen, or each doubles the
 * number of plans that are kept for every operation.
 * @param document one operation with its fragments, valid for the schema.
 * @returns sorted, each once.
 */
export function relevantLabels(
  facts: Pick<SupergraphFacts, 'overrideLabels' | 'labelsByField' | 'labelsOfKeys'>,
  schema: GraphQLSchema,
  document: DocumentNode,
): readonly string[] {
  if (facts.overrideLabels.length === 0) return facts.overrideLabels;
  const labels = new Set(facts.labelsOfKeys);
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const parent = types.getParentType();
        for (const label of (parent && facts.labelsByField[`${parent.name}.${name.value}`]) ?? []) labels.add(label);
      },
    }),
  );
  return [...labels].sort();
}
