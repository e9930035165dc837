import { Kind, visit, type ArgumentNode, type DocumentNode } from 'graphql';
import { namesIn, parseFieldSet } from './field-set.ts';

/** Arguments of directives of a supergraph that hold field sets which a plan may fetch unasked. */
const FIELD_SETS = new Set(['key', 'requires', 'selection']);

/**
 * Names under which a plan may put a value that no client asked for: fields of keys, of `@requires` and of
 * `@fromContext`, at every depth.
 */
export function readReservedNames(supergraph: DocumentNode): ReadonlySet<string> {
  const reserved = new Set<string>();
  const read = ({ name, value }: Pick<ArgumentNode, 'name' | 'value'>) => {
    if (value.kind !== Kind.STRING || !FIELD_SETS.has(name.value)) return;
    for (const field of namesIn(parseFieldSet(value.value))) reserved.add(field);
  };
  visit(supergraph, {
    Directive({ name, arguments: values }) {
      if (name.value !== 'join__type' && name.value !== 'join__field') return false;
      for (const argument of values ?? []) {
        read(argument);
        if (argument.name.value === 'contextArguments' && argument.value.kind === Kind.LIST)
          for (const context of argument.value.values) if (context.kind === Kind.OBJECT) context.fields.forEach(read);
      }
      return false;
    },
  });
  return reserved;
}
