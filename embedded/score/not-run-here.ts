/** A case needs what this runner, the driver or a one-node server does not have; it is skipped with this reason. */
export class NotRunHere extends Error {}
