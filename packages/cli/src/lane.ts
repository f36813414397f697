/** The header that carries the lane. */
export const LANE_HEADER = 'project-version'
