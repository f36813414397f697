import { laneFaults } from './lane-faults.ts'
import { meshFaults } from './mesh-faults.ts'
import { policyFaults } from './policy-faults.ts'

/** Every fault, with its cure. */
export const faults = [...laneFaults, ...meshFaults, ...policyFaults]
