import { dirname, join } from 'node:path';
import ts from 'typescript';
import { WORKSPACE } from './run.js';

/**
 * The names that the declarations of a module export, and those of their members: `Tracer`,
 * `Tracer.startSpan`, `Tags.ERROR`. Members that are protected are among them.
 *
 * @param modules - as they are imported
 * @param from - the folder, in the workspace, that imports them
 */
export function publicNames(modules: readonly string[], from: string): Set<string> {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    types: [],
  };
  const importer = join(WORKSPACE, from, 'index.mts');
  const files = modules.map((name) => {
    const { resolvedModule } = ts.resolveModuleName(name, importer, options, ts.sys);
    if (resolvedModule === undefined) {
      throw new Error(`${name} is not there, seen from ${dirname(importer)}; build first.`);
    }
    return resolvedModule.resolvedFileName;
  });
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const names = new Set<string>();
  for (const file of files) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile);
    for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
      names.add(exported.name);
      for (const member of membersOf(exported, checker)) {
        names.add(`${exported.name}.${member}`);
      }
    }
  }
  return names;
}

function membersOf(exported: ts.Symbol, checker: ts.TypeChecker): string[] {
  const symbol =
    exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  if (symbol.flags & ts.SymbolFlags.ValueModule) {
    return checker.getExportsOfModule(symbol).map(({ name }) => name);
  }
  const type =
    symbol.flags & ts.SymbolFlags.Variable
      ? checker.getTypeOfSymbol(symbol)
      : checker.getDeclaredTypeOfSymbol(symbol);
  // Not the methods of a string.
  const members = type.flags & ts.TypeFlags.Object ? checker.getPropertiesOfType(type) : [];
  return members.map(({ name }) => name).filter((name) => !name.startsWith('__'));
}
