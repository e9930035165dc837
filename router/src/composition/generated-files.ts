import { CONTRACTS } from '../contracts/contracts.ts';
import { buildContract } from '../contracts/build-contract.ts';
import { contractSdl } from '../contracts/contract-sdl.ts';

export const SUPERGRAPH = 'schema/supergraph.graphql';

/** A file that composition makes: its path in the repository, and its text, or null when there must be no such file. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string | null;
}

/**
 * The supergraph and what each contract shows of it.
 * @throws Error naming what a contract shows and cannot show alone, one a line.
 */
export function generatedFiles(supergraphSdl: string): GeneratedFile[] {
  const contracts = Object.entries(CONTRACTS).map(([name, filter]): GeneratedFile => {
    const contract = buildContract(supergraphSdl, filter);
    return { path: `schema/contracts/${name}.graphql`, text: contract === null ? null : contractSdl(contract) };
  });
  return [{ path: SUPERGRAPH, text: supergraphSdl }, ...contracts];
}
