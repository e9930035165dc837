import { Kind, print, type DocumentNode, type FieldNode, type SelectionSetNode } from 'graphql';
import { mapCompositeTypes, namedType, type CompositeTypes } from './composite-types.ts';
import { parseFieldSet, printFieldSet } from './field-set.ts';

/** Gives names of their own to fields of field sets that can be asked for with several arguments. */
export class Separation {
  /** Real names by added name. */
  readonly names = new Map<string, string>();
  /** Added names by type and real name. */
  readonly #added = new Map<string, Set<string>>();
  /** Added names by what they stand for: the field with its arguments. */
  readonly #byCall = new Map<string, string>();
  readonly #types: CompositeTypes;

  constructor(types: CompositeTypes) {
    this.#types = types;
  }

  /**
   * @param text a field set.
   * @param types any of these is what its fields are selected on.
   * @returns the same text where no field needs a name of its own.
   */
  separate(text: string, types: readonly string[]): string {
    const before = parseFieldSet(text);
    const after = this.#separatedSet(before, types);
    return after === before ? text : printFieldSet(after);
  }

  /** Adds the fields of their own to the supergraph, with everything that it says of the real ones. */
  addTo(supergraph: DocumentNode): DocumentNode {
    return mapCompositeTypes(supergraph, (definition) => ({
      ...definition,
      fields: (definition.fields ?? []).flatMap((field) => [
        field,
        ...Array.from(this.#added.get(`${definition.name.value}.${field.name.value}`) ?? [], (value) => ({
          ...field,
          name: { kind: Kind.NAME as const, value },
        })),
      ]),
    }));
  }

  #separatedSet(set: SelectionSetNode, types: readonly string[]): SelectionSetNode {
    const selections = set.selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.FIELD) return this.#separatedField(selection, types);
      const condition = selection.typeCondition?.name.value;
      const selectionSet = this.#separatedSet(selection.selectionSet, condition === undefined ? types : [condition]);
      return selectionSet === selection.selectionSet ? selection : { ...selection, selectionSet };
    });
    return selections.every((selection, index) => selection === set.selections[index]) ? set : { ...set, selections };
  }

  #separatedField(field: FieldNode, types: readonly string[]): FieldNode {
    const name = field.name.value;
    const owners = this.#ownersOf(types, name);
    const inner = this.#withSeparatedSelections(field, owners);
    return owners.some((owner) => this.#takesArguments(owner, name)) ? this.#renamed(inner, owners) : inner;
  }

  #withSeparatedSelections(field: FieldNode, owners: readonly string[]): FieldNode {
    if (!field.selectionSet) return field;
    const types = owners.map((owner) => namedType(this.#types.fieldOf(owner, field.name.value)!.type));
    const selectionSet = this.#separatedSet(field.selectionSet, [...new Set(types)]);
    return selectionSet === field.selectionSet ? field : { ...field, selectionSet };
  }

  /** A subgraph may give a field a narrower type than the supergraph: then its subtypes have what is selected. */
  #ownersOf(types: readonly string[], field: string): string[] {
    const has = (type: string) => this.#types.fieldOf(type, field) !== undefined;
    return [...new Set(types.flatMap((type) => (has(type) ? [type] : this.#types.withSubtypes(type).filter(has))))];
  }

  /** An object may take arguments for a field that its interface has without. */
  #takesArguments(type: string, field: string): boolean {
    return this.#types
      .withSubtypes(type)
      .some((subtype) => (this.#types.fieldOf(subtype, field)?.arguments ?? []).length > 0);
  }

  #renamed(field: FieldNode, owners: readonly string[]): FieldNode {
    const name = field.name.value;
    const call = print({ kind: Kind.FIELD, name: field.name, arguments: field.arguments ?? [] });
    const own = this.#byCall.get(call) ?? this.#freshName(name);
    this.#byCall.set(call, own);
    this.names.set(own, name);
    // A field of an object may come from its interface (`@interfaceObject`), and one of an interface from any of its objects.
    for (const carrier of owners.flatMap((owner) => this.#types.familyOf(owner))) {
      if (!this.#types.fieldOf(carrier, name)) continue;
      const key = `${carrier}.${name}`;
      this.#added.set(key, (this.#added.get(key) ?? new Set()).add(own));
    }
    return { ...field, name: { kind: Kind.NAME, value: own } };
  }

  #freshName(name: string): string {
    for (let number = this.#byCall.size; ; number += 1) {
      const candidate = `_required_${number}_${name}`;
      if (!this.#types.hasField(candidate)) return candidate;
    }
  }
}
