import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { removeSynonyms, setSynonyms } from '../../commands/search/set-synonyms.ts';
import { findSynonymPage } from '../../data/search/synonyms.ts';
import { MAX_QUERY_LENGTH, readSearchText } from '../../domain/search-text.ts';
import { isStorable } from '../../domain/text.ts';
import type { MutationResolvers, QueryResolvers, SearchSynonymsResolvers } from '../../generated/schema.ts';
import { openProductList } from '../product-lists.ts';
import { titleOf } from '../reading/product-text.ts';
import { readLocale } from '../reading/read-locale.ts';

const DEFAULT_SUGGESTIONS = 8;
const MAX_SUGGESTIONS = 20;
/** Several products can be called the same: so many are read for each suggestion. */
const READ_FOR_EACH = 3;
const DEFAULT_SYNONYMS = 50;
const MAX_SYNONYMS = 250;

export const searchQueries = {
  searchSuggestions: async (_, { query, locale, first }, ctx) => {
    const size = pageSize(first, DEFAULT_SUGGESTIONS, MAX_SUGGESTIONS);
    if (query.length > MAX_QUERY_LENGTH)
      throw badInput(`A query has at most ${MAX_QUERY_LENGTH} characters, not ${query.length}.`, ['query']);
    const text = readSearchText(query);
    if (text === null) return [];
    const { edges } = await openProductList(
      ctx,
      { kind: 'search', text, titlesOnly: true },
      { first: size * READ_FOR_EACH, locale },
    );
    const titled = await Promise.all(
      edges.map(async ({ node }) => ({ product: node, text: await titleOf(node, locale, ctx) })),
    );
    const seen = new Set<string>();
    return titled.filter(({ text: title }) => isFirst(seen, title.toLowerCase())).slice(0, size);
  },
  searchSynonyms: async (_, { locale, first, after }, { db }) => {
    const size = pageSize(first, DEFAULT_SYNONYMS, MAX_SYNONYMS);
    const position = after == null ? null : readCursor(after);
    const language = readLocale(locale)?.split('-')[0] ?? null;
    const rows = await findSynonymPage(db.sql, language, position, size + 1);
    return toConnection(rows, size, (row) => encodeCursor([row.locale, row.synonymSetId]), position !== null);
  },
} satisfies QueryResolvers;

export const searchMutations = {
  searchSynonymsSet: (_, { input }, { db }) => setSynonyms(db, input),
  searchSynonymsRemove: (_, { input }, { db }) => removeSynonyms(db, input),
} satisfies MutationResolvers;

/** Whether a key is seen for the first time; it is from then on. */
function isFirst(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function readCursor(cursor: string) {
  const [language, synonymSetId] = decodeCursor(cursor, 2);
  if (typeof language !== 'string' || !isStorable(language) || typeof synonymSetId !== 'string' || !isId(synonymSetId))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { language, synonymSetId };
}

export const SearchSynonyms: SearchSynonymsResolvers = {
  id: ({ synonymSetId }) => synonymSetId,
};
