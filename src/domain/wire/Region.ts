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

/**
 * The regions that the documents of the cloud list, those of its edge and those that are closed among them. The list is a snapshot and
 * may lack new regions. Sources: https://www.tencentcloud.com/document/product/213/6091, and DescribeRegions of `cvm`.
 *
 * @since 0.1.0
 * @category constants
 */
export const known: ReadonlyArray<string> = [
  "ap-bangkok",
  "ap-beijing",
  "ap-beijing-fsi",
  "ap-changsha-ec",
  "ap-chengdu",
  "ap-chongqing",
  "ap-fuzhou-ec",
  "ap-guangzhou",
  "ap-guangzhou-open",
  "ap-guiyang",
  "ap-hangzhou-ec",
  "ap-hefei-ec",
  "ap-hongkong",
  "ap-jakarta",
  "ap-jinan-ec",
  "ap-mumbai",
  "ap-nanjing",
  "ap-qingyuan",
  "ap-seoul",
  "ap-shanghai",
  "ap-shanghai-adc",
  "ap-shanghai-fsi",
  "ap-shenyang-ec",
  "ap-shenzhen",
  "ap-shenzhen-fsi",
  "ap-shijiazhuang-ec",
  "ap-singapore",
  "ap-taipei",
  "ap-tianjin",
  "ap-tokyo",
  "ap-wuhan-ec",
  "ap-xian-ec",
  "ap-xibei-ec",
  "ap-zhengzhou-ec",
  "eu-frankfurt",
  "eu-moscow",
  "na-ashburn",
  "na-siliconvalley",
  "na-toronto",
  "sa-saopaulo"
]

const knownNames = /* #__PURE__ */ new Set(known)

/**
 * Returns whether the documents of the cloud list a region: see {@link known}. Use it only where a caller must not gain anything from an
 * invented name, or where nobody is refused by the real service.
 *
 * @since 0.1.0
 * @category guards
 */
export const isKnown = (input: string): boolean => knownNames.has(input)
