/**
 * Names of regions: `ap-guangzhou`, `na-siliconvalley`, `ap-shanghai-fsi`.
 *
 * @since 0.1.0
 */

/**
 * Returns whether a text has the form of a region's name. It uses no list, because new regions appear often.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRegion = (input: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)+$/.test(input) && input.length <= 64

const known = new Set([
  "ap-bangkok",
  "ap-beijing",
  "ap-beijing-fsi",
  "ap-chengdu",
  "ap-chongqing",
  "ap-guangzhou",
  "ap-hongkong",
  "ap-jakarta",
  "ap-mumbai",
  "ap-nanjing",
  "ap-seoul",
  "ap-shanghai",
  "ap-shanghai-fsi",
  "ap-shenzhen-fsi",
  "ap-singapore",
  "ap-taipei",
  "ap-tokyo",
  "eu-frankfurt",
  "eu-moscow",
  "na-ashburn",
  "na-siliconvalley",
  "na-toronto",
  "sa-saopaulo"
])

/**
 * Returns whether the cloud's document lists a region. The list is a snapshot and may lack new regions. Use it only where a
 * caller must not gain anything from an invented name. Source: https://www.tencentcloud.com/document/product/213/6091
 *
 * @since 0.1.0
 * @category guards
 */
export const isKnown = (input: string): boolean => known.has(input)
