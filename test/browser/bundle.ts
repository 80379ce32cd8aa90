import { rolldown } from 'rolldown';

/** What a page loads: one module, and the sources it was made of. */
export interface PageBundle {
  readonly code: string;
  readonly sources: readonly string[];
}

/** Bundles a module and all it imports for browsers, from `src/` itself. */
export async function bundleForBrowser(entry: string): Promise<PageBundle> {
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    resolve: { conditionNames: ['varve-source', 'browser', 'import', 'default'] },
    // What a browser lacks must fail the build, not become an empty module.
    onLog: (_, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error(`${others.length} files more than one`);
  return { code: chunk.code, sources: chunk.moduleIds };
}
