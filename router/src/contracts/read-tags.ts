import { Kind, type ConstDirectiveNode, type DocumentNode } from 'graphql';
import { directiveName, linkedSpecs } from '../composition/spec-names.ts';

const SPECS = 'https://specs.apollo.dev/';

/** The tags of a supergraph, and what is hidden in it already. */
export interface Tags {
  /** The tags of a definition itself, without those of the type around it. */
  of(node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }): readonly string[];
  /** Whether a definition is `@inaccessible` for every client. */
  isHidden(node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }): boolean;
}

/** Finds the `@tag`s (tag specification 0.1 to 0.3) of a supergraph under whatever name it links them. */
export function readTags(document: DocumentNode): Tags {
  const specs = linkedSpecs(document);
  const tag = directiveName(specs, `${SPECS}tag`, 'tag');
  const inaccessible = directiveName(specs, `${SPECS}inaccessible`, 'inaccessible');
  return {
    of: ({ directives = [] }) =>
      directives.flatMap((directive) => {
        const value = directive.name.value === tag ? directive.arguments?.[0]?.value : undefined;
        return value?.kind === Kind.STRING ? value.value : [];
      }),
    isHidden: ({ directives = [] }) => directives.some(({ name }) => name.value === inaccessible),
  };
}
