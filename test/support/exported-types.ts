import { createRequire } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';

/** The name of an export and, as text, what makes a type without parameters of it. */
interface Exported {
  readonly name: string;
  readonly isValue: boolean;
  readonly isType: boolean;
  /** Such as `<any, any>`; empty for what takes no parameters. */
  readonly typeArguments: string;
}

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

/** The subpaths that a package exports types under, as `''` and `'/mocktracer'`. */
export function typedSubpaths(folder: string, name: string): string[] {
  const require = createRequire(join(folder, 'program.cjs'));
  const { exports } = require(`${name}/package.json`) as { exports: Record<string, unknown> };
  return Object.keys(exports)
    .filter((subpath) => typeof exports[subpath] === 'object')
    .map((subpath) => subpath.slice(1));
}

/**
 * A program that assigns each public class, interface, function and constant of a package to the one
 * of another copy, in both directions: it compiles when two copies take each other's objects.
 *
 * @param folder - where both copies are installed
 * @param first - the name of the copy that is imported
 * @param second - the name of the copy that is required; may be the same
 */
export function assignments(folder: string, first: string, second: string): string {
  const lines: string[] = [];
  exportsOf(folder, first).forEach(({ subpath, exported }, index) => {
    const [a, b] = [`a${index}`, `b${index}`];
    lines.push(
      `import type * as ${a} from '${first}${subpath}';`,
      `import type ${b} = require('${second}${subpath}');`,
    );
    for (const { name, isType, isValue, typeArguments } of exported) {
      const types = [
        ...(isType ? [[`${a}.${name}${typeArguments}`, `${b}.${name}${typeArguments}`]] : []),
        ...(isValue ? [[`typeof ${a}.${name}`, `typeof ${b}.${name}`]] : []),
      ];
      for (const [typeOfA, typeOfB] of types) {
        lines.push(
          `export const ab${lines.length}: (given: ${typeOfA}) => ${typeOfB} = (given) => given;`,
          `export const ba${lines.length}: (given: ${typeOfB}) => ${typeOfA} = (given) => given;`,
        );
      }
    }
  });
  return lines.join('\n');
}

function exportsOf(folder: string, name: string): { subpath: string; exported: Exported[] }[] {
  const subpaths = typedSubpaths(folder, name);
  const files = new Map(subpaths.map((subpath, i) => [join(folder, `all${i}.mts`), subpath]));
  const host = ts.createCompilerHost(OPTIONS);
  const getSourceFile = host.getSourceFile;
  host.getSourceFile = (path, ...rest) => {
    const subpath = files.get(path);
    return subpath === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, `export * from '${name}${subpath}';`, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  const checker = program.getTypeChecker();
  return [...files].map(([file, subpath]) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${name}${subpath} has no types.`);
    return {
      subpath,
      exported: checker.getExportsOfModule(module).map((s) => describe(checker, s)),
    };
  });
}

function describe(checker: ts.TypeChecker, symbol: ts.Symbol): Exported {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.declarations?.find(
    (d) => ts.isClassDeclaration(d) || ts.isInterfaceDeclaration(d) || ts.isTypeAliasDeclaration(d),
  );
  const parameters = declaration?.typeParameters ?? [];
  const required = parameters.filter((parameter) => parameter.default === undefined);
  return {
    name: symbol.name,
    isValue: (target.flags & ts.SymbolFlags.Value) !== 0,
    isType: (target.flags & ts.SymbolFlags.Type) !== 0,
    typeArguments: required.length > 0 ? `<${required.map(() => 'any').join(', ')}>` : '',
  };
}
