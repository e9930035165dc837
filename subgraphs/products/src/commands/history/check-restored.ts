import type { Tx } from '@kontor/kit/src/database.ts';
import { lockSuccessors, missingReferences, readSuccessors } from '../../data/editing/references.ts';
import { readProductTypes } from '../../data/types/product-types.ts';
import { inCircles, MAX_SUCCESSORS } from '../../domain/editing/accept-relations.ts';
import { brokenAttribute, keptReferences } from '../../domain/history/restored-attributes.ts';
import type { RevisionContent } from '../../domain/history/revision.ts';
import { sanitiseHtml } from '../../sanitise-html.ts';
import { Refusal } from './refusal.ts';

const AT = ['input', 'version'];

/**
 * Looks for rules that came, or that others broke, since a revision was made which is written already. The product is locked; its type and
 * the successors are from here on. @throws Refusal
 */
export async function checkRestored(tx: Tx, productId: string, content: RevisionContent): Promise<void> {
  await checkAttributes(tx, content);
  await checkSuccessor(tx, productId, content);
}

async function checkAttributes(tx: Tx, content: RevisionContent): Promise<void> {
  const name = content.product['product_type'];
  if (typeof name !== 'string') return;
  const definitions = (await readProductTypes(tx, [name])).get(name)?.attributes ?? [];
  if (definitions.length === 0) return;
  const broken = brokenAttribute(content, definitions, sanitiseHtml);
  if (broken !== null) throw new Refusal('INVALID_ATTRIBUTE', broken, AT);
  const missing = await missingReferences(tx, keptReferences(content, definitions));
  if (missing.length === 0) return;
  const names = missing.slice(0, 10).map(({ kind, id }) => `the ${kind.toLowerCase()} ${id}`);
  throw new Refusal('REFERENCE_GONE', `The version refers to what is gone: ${names.join(', ')}.`, AT);
}

async function checkSuccessor(tx: Tx, productId: string, content: RevisionContent): Promise<void> {
  const successor = content.relations.find((row) => row['kind'] === 'SUCCESSOR')?.['related_product_id'];
  if (typeof successor !== 'string') return;
  await lockSuccessors(tx);
  const circles = inCircles(new Map([[productId, successor]]), await readSuccessors(tx, [successor], MAX_SUCCESSORS));
  if (circles.size === 0) return;
  const message = `The successor ${successor} would lead back to the product, or there would be more than ${MAX_SUCCESSORS}.`;
  throw new Refusal('INVALID_RELATION', message, AT);
}
