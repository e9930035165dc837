import { sameJson } from './key-order.ts';
import { layChannelMedia } from './lay-media.ts';
import { layRelations, noProduct } from './accept-relations.ts';
import { layTexts } from './accept-texts.ts';
import { SECTION_NAMES, type KeptMedia, type SectionContents, type SectionName } from './product-content.ts';
import type { SectionEdits } from './product-edit.ts';
import { at, broken, each, orBroken, type BrokenRule } from './rule.ts';

/** The sections of a product that an edit gives, as they are kept or as they shall be. */
export type SomeSections = Partial<SectionContents>;

/** The names of the sections that an edit gives. */
export const sectionsOf = (edit: SectionEdits): SectionName[] =>
  SECTION_NAMES.filter((name) => edit[name] !== undefined);

/**
 * Lays the sections that an edit gives over those that are kept.
 * @param media the product's images after the edit. @param idOf finds related products by what the input calls them.
 * @returns the sections as they shall be, or the first rule that they would break
 */
export function applySections(
  productId: string,
  kept: SomeSections,
  edit: SectionEdits,
  { media, idOf }: { readonly media: readonly KeptMedia[]; readonly idOf: (product: string) => string | undefined },
): { readonly wanted: SomeSections } | { readonly broken: BrokenRule } {
  const applied = orBroken((): SomeSections => {
    const { texts, channelMedia, categoryIds, relations } = edit;
    return {
      ...(texts && { texts: at(['texts'], () => layTexts(kept.texts ?? [], texts)) }),
      ...(channelMedia && {
        channelMedia: at(['channelMedia'], () => layChannelMedia(kept.channelMedia ?? [], channelMedia, media)),
      }),
      ...(categoryIds && { categoryIds }),
      ...(relations && {
        relations: at(['relations'], () => layRelations(kept.relations ?? [], resolve(productId, relations, idOf))),
      }),
    };
  });
  return 'broken' in applied ? applied : { wanted: applied.result };
}

const resolve = (
  productId: string,
  relations: NonNullable<SectionEdits['relations']>,
  idOf: (product: string) => string | undefined,
) =>
  each(relations, ({ kind, products }) => {
    const productIds = products.map((product) => {
      const id = idOf(product);
      if (id === undefined) throw broken(noProduct(product));
      if (id === productId) throw broken('A product cannot lead to itself.');
      return id;
    });
    return { kind, productIds: [...new Set(productIds)] };
  });

/** Those of the wanted sections that differ from what is kept. */
export function changedSections(kept: SomeSections, wanted: SomeSections): SectionName[] {
  return SECTION_NAMES.filter((name) => {
    const given = wanted[name];
    return given !== undefined && !sameJson(kept[name] ?? [], given);
  });
}
