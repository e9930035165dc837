/** The services that search keeps something of. */
export type SourceName = 'prices' | 'stock';
