import { isId } from '@kontor/kit/src/ids.ts';
import { cleanLine, cleanOptional } from '../text.ts';

/** Tables of others that our categories are mapped into. */
export const MAX_TAXONOMIES = 100;
export const MAX_MAPPINGS_AT_ONCE = 1_000;
const MAX_NAME_LENGTH = 100;
const MAX_TARGET_LENGTH = 255;
const MAX_PATH_LENGTH = 1_024;

/** What a category shall be called in a taxonomy. */
export interface MappingInput {
  readonly categoryId: string;
  /** Null: it is mapped no more, and has what its nearest ancestor has. */
  readonly targetId?: string | null | undefined;
  /** The target's place as people read it. */
  readonly targetPath?: string | null | undefined;
}

/** A mapping as it is to be kept. */
export interface AcceptedMapping {
  readonly categoryId: string;
  readonly targetId: string | null;
  readonly targetPath: string | null;
}

interface Broken {
  readonly code: string;
  readonly message: string;
  /** Within the input, outermost first. */
  readonly path: string[];
}

/** Whether a text can be the code of a taxonomy. */
export const isTaxonomyCode = (text: string): boolean => /^[a-z0-9-]{2,32}$/.test(text);

/** The name of a taxonomy as it is kept; null when it cannot be one. */
export function acceptTaxonomyName(text: string): string | null {
  const name = cleanLine(text);
  return name === '' || name.length > MAX_NAME_LENGTH ? null : name;
}

/** Checks mappings, of which no category may have two. @returns them as they are to be kept, or the first rule that is broken */
export function acceptMappings(
  mappings: readonly MappingInput[],
): { readonly value: readonly AcceptedMapping[] } | { readonly broken: Broken } {
  const refuse = (code: string, message: string, ...path: string[]) => ({
    broken: { code, message, path: ['input', 'mappings', ...path] },
  });
  if (mappings.length > MAX_MAPPINGS_AT_ONCE)
    return refuse('TOO_MANY', `At most ${MAX_MAPPINGS_AT_ONCE} mappings at once, not ${mappings.length}.`);
  const accepted = new Map<string, AcceptedMapping>();
  for (const [index, mapping] of mappings.entries()) {
    const at = String(index);
    const categoryId = mapping.categoryId.toLowerCase();
    if (!isId(categoryId)) return refuse('UNKNOWN_CATEGORY', 'There is no category with this id.', at, 'categoryId');
    if (accepted.has(categoryId))
      return refuse('MAPPED_TWICE', 'The category stands in the list twice.', at, 'categoryId');
    const targetId = cleanOptional(mapping.targetId);
    if (targetId !== null && targetId.length > MAX_TARGET_LENGTH)
      return refuse('INVALID_TARGET', `A target has at most ${MAX_TARGET_LENGTH} characters.`, at, 'targetId');
    const targetPath = targetId === null ? null : cleanOptional(mapping.targetPath);
    if (targetPath !== null && targetPath.length > MAX_PATH_LENGTH)
      return refuse('INVALID_TARGET', `A target's path has at most ${MAX_PATH_LENGTH} characters.`, at, 'targetPath');
    accepted.set(categoryId, { categoryId, targetId, targetPath });
  }
  return { value: [...accepted.values()] };
}
