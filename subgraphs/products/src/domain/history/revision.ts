/** A row of a table as it was kept: values by the name of the column. */
export type KeptRow = Readonly<Record<string, unknown>>;

/** What a product was at a version: the rows that belonged to it. */
export interface RevisionContent {
  readonly product: KeptRow;
  readonly variants: readonly KeptRow[];
  readonly components: readonly {
    readonly variant_id: string;
    readonly component_variant_id: string;
    readonly quantity: number;
  }[];
  readonly media: readonly KeptRow[];
  readonly texts: readonly KeptRow[];
  readonly channelMedia: readonly KeptRow[];
  readonly categories: readonly string[];
  readonly relations: readonly KeptRow[];
  readonly publications: readonly KeptRow[];
}

/** What a product was, by the names that the graph has for it. */
export type RevisionView = Readonly<Record<string, unknown>>;

const camelCase = (column: string): string => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A row by the names of the graph. What its values hold in turn, such as attributes by code, has names of its own. */
const named = (row: KeptRow): RevisionView =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [camelCase(column), value]));

/** Shows what was kept as staff read it: the product's fields beside the lists of what belongs to it. */
export const viewRevision = (content: RevisionContent): RevisionView => ({
  ...named(content.product),
  categoryIds: content.categories,
  variants: content.variants.map(named),
  components: content.components.map(named),
  media: content.media.map(named),
  texts: content.texts.map(named),
  channelMedia: content.channelMedia.map(named),
  relations: content.relations.map(named),
  publications: content.publications.map(named),
});
