import { apiChecks, scopeChecks } from 'opentracing-ts/harness';

/**
 * @typedef {object} Suite the checks of one implementation, or of one in combination with another
 * @property {string} title
 * @property {string | null} tracer its name; `null` for the checks of a scope manager
 * @property {string | null} manager its name; `null` for a tracer that takes none
 * @property {readonly import('opentracing-ts/harness').Rule[]} checks those that apply
 */

/**
 * Every scope manager, then every tracer with every scope manager.
 *
 * @param {object} implementations
 * @param {readonly import('./implementations.mjs').ManagerEntry[]} implementations.managers
 * @param {readonly import('./implementations.mjs').TracerEntry[]} implementations.tracers
 * @returns {Suite[]}
 */
export function suitesOf({ managers, tracers }) {
  return [
    ...managers.map(({ name, create, options }) => ({
      title: name,
      tracer: null,
      manager: name,
      checks: scopeChecks(create, options),
    })),
    ...tracers.flatMap((tracer) => {
      const of = tracer.isWithoutManager ? [null] : managers;
      return of.map((manager) => ({
        title: manager === null ? tracer.name : `${tracer.name} with ${manager.name}`,
        tracer: tracer.name,
        manager: manager?.name ?? null,
        checks: apiChecks(() => tracer.create(manager?.create()), {
          ...tracer.options,
          async: (manager ?? tracer).options.async === true,
        }),
      }));
    }),
  ];
}

/** All that there is to check, whatever an implementation offers. Not to be run. */
export function allChecks() {
  const never = () => {
    throw new Error('These checks are not to be run.');
  };
  return {
    ofManagers: scopeChecks(never, { async: true }),
    ofTracers: apiChecks(never, { async: true, recordedSpan: never }),
  };
}
