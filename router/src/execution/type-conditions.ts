/** Whether the value of `__typename` fulfils a type condition. */
export interface TypeConditions {
  /** Type names beyond those of the supergraph fulfil nothing but a condition of their own name. */
  readonly matches: (typename: string, condition: string) => boolean;
  /** Whether a type name is one of an abstract type that `specific` belongs to: it says less than `specific`. */
  readonly isVaguer: (typename: string, specific: string) => boolean;
  readonly isKnown: (typename: string) => boolean;
}

/** Compiles the possible types of a supergraph. A subgraph with an interface object gives the interface's name as `__typename`. */
export function compileTypeConditions(possibleTypes: Readonly<Record<string, readonly string[]>>): TypeConditions {
  const sets = new Map<string, ReadonlySet<string>>();
  const objectTypesOf = (name: string): ReadonlySet<string> | undefined => {
    const known = sets.get(name);
    if (known !== undefined || !Object.hasOwn(possibleTypes, name)) return known;
    const made = new Set(possibleTypes[name]);
    sets.set(name, made);
    return made;
  };
  return {
    matches(typename, condition) {
      if (typename === condition) return true;
      const wanted = objectTypesOf(condition);
      if (wanted === undefined) return false;
      return wanted.has(typename) || isWithin(objectTypesOf(typename), wanted);
    },
    isVaguer: (typename, specific) => typename !== specific && (objectTypesOf(typename)?.has(specific) ?? false),
    isKnown: (typename) => Object.hasOwn(possibleTypes, typename),
  };
}

const isWithin = (types: ReadonlySet<string> | undefined, wanted: ReadonlySet<string>): boolean =>
  types !== undefined && types.size > 0 && [...types].every((type) => wanted.has(type));
