import type { Role } from '../../core/principal.ts';

/** Every declared role with the roles whose rules it inherits. */
export type RoleGraph = ReadonlyMap<Role, readonly Role[]>;

/** Casbin's role manager silently ignores longer chains, so they are rejected. */
export const MAX_INHERITANCE_DEPTH = 10;

/** The role itself and everything it inherits from, nearest first; empty for a role that is not declared. */
export function inheritedRoles(graph: RoleGraph, role: Role): readonly Role[] {
  if (!graph.has(role)) return [];
  const roles = new Set([role]);
  // A Set also iterates over elements that are added meanwhile.
  for (const next of roles) for (const parent of graph.get(next) ?? []) roles.add(parent);
  return [...roles];
}

/** A cycle of inheritance that begins and ends at the role, or undefined. */
export function findCycle(graph: RoleGraph, role: Role): readonly Role[] | undefined {
  const cameFrom = new Map<Role, Role>();
  const waiting = [role];
  for (const next of waiting) {
    for (const parent of graph.get(next) ?? []) {
      if (parent === role) {
        const path = [next];
        for (let at = next; at !== role; path.unshift(at)) at = cameFrom.get(at) as Role;
        return [...path, role];
      }
      if (cameFrom.has(parent)) continue;
      cameFrom.set(parent, next);
      waiting.push(parent);
    }
  }
  return undefined;
}

/** True when a role is inherited only through more links than Casbin follows. */
export function inheritsTooDeep(graph: RoleGraph, role: Role): boolean {
  const seen = new Set<Role>();
  let level = [role];
  for (let links = 0; links <= MAX_INHERITANCE_DEPTH && level.length > 0; links += 1) {
    for (const member of level) seen.add(member);
    level = level.flatMap((member) => graph.get(member) ?? []).filter((parent) => !seen.has(parent));
  }
  return level.length > 0;
}
