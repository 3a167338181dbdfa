/**
 * The name of a region: `ap-guangzhou`, `na-siliconvalley`, `ap-shanghai-fsi`.
 *
 * @since 0.1.0
 */

/**
 * Whether a text has the form of a region's name. New regions appear often, so there is no list to check against.
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
 * Whether a region is one of those that the cloud's document listed when this was written: for what must not be had by inventing
 * names, and for nothing else. Source: https://www.tencentcloud.com/document/product/213/6091
 *
 * @since 0.1.0
 * @category guards
 */
export const isKnown = (input: string): boolean => known.has(input)
