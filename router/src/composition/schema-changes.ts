import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { apiSchemaOf } from './api-schema.ts';

/** A difference between two supergraphs that a client can notice. */
export interface SchemaChange {
  readonly level: 'breaking' | 'dangerous' | 'safe';
  /** What it is about, such as `Query.product.id`; empty for the schema as a whole. */
  readonly coordinate: string;
  readonly message: string;
}

const LEVELS: Readonly<Record<CriticalityLevel, SchemaChange['level']>> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
};
const ORDER: readonly SchemaChange['level'][] = ['breaking', 'dangerous', 'safe'];

/** Compares what clients see of two supergraphs; the worst changes come first. */
export async function schemaChanges(beforeSdl: string, afterSdl: string): Promise<SchemaChange[]> {
  const changes = await diff(apiSchemaOf(beforeSdl), apiSchemaOf(afterSdl));
  return changes
    .map(({ criticality, path, message }) => ({ level: LEVELS[criticality.level], coordinate: path ?? '', message }))
    .sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level) || (a.coordinate < b.coordinate ? -1 : 1));
}

/** Breaking changes whose coordinate the changelog does not name. */
export const unannounced = (changes: readonly SchemaChange[], changelog: string): SchemaChange[] =>
  changes.filter(({ level, coordinate }) => level === 'breaking' && !mentions(changelog, coordinate));

/** `Cart.id` is not mentioned by `Cart.idle` or by `OldCart.id`. */
function mentions(text: string, coordinate: string): boolean {
  const escaped = coordinate.replaceAll('.', String.raw`\.`);
  return new RegExp(String.raw`(?<![\w.])${escaped}(?![\w]|\.\w)`).test(text);
}
