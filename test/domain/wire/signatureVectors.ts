import type { Signable } from "effect-tencentcloud/Signature"
import type { Method, Parameter } from "../../../src/domain/wire/SignatureV1.js"

/**
 * Signatures to reproduce. A published one is in Tencent Cloud's documents or comes from its API Explorer. The others
 * follow the documents with other inputs.
 */
interface Vector {
  readonly name: string
  readonly published: boolean
  readonly secretId: string
  readonly secretKey: string
  readonly signature: string
}

/** With every value on the way to the signature; the keys are in hexadecimal. */
export interface VectorV3 extends Vector {
  readonly service: string
  readonly timestamp: number
  readonly signable: Signable
  readonly canonicalRequest: ReadonlyArray<string>
  readonly stringToSign: ReadonlyArray<string>
  readonly keys: { readonly date: string; readonly service: string; readonly signing: string }
  readonly authorization: string
}

/** The parameters are in the order of the calls, not in that of the source. */
export interface VectorV1 extends Vector {
  readonly signatureMethod: Method
  readonly method: string
  readonly host: string
  readonly parameters: ReadonlyArray<Parameter>
  readonly source: string
}

const cloud = { secretId: "AKID********************************", secretKey: "********************************" }
const example = { secretId: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secretKey: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE" }
const explorer = { secretId: "MY_TC_SECRET_ID", secretKey: "MY_TC_SECRET_KEY" }

export const v3: ReadonlyArray<VectorV3> = [
  {
    name: "documented today: three signed headers",
    published: true,
    ...cloud,
    service: "cvm",
    timestamp: 1551113065,
    signable: {
      method: "POST",
      query: "",
      headers: {
        "content-type": "application/json; charset=utf-8",
        host: "cvm.tencentcloudapi.com",
        "x-tc-action": "DescribeInstances"
      },
      payload: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    },
    canonicalRequest: [
      "POST",
      "/",
      "",
      "content-type:application/json; charset=utf-8",
      "host:cvm.tencentcloudapi.com",
      "x-tc-action:describeinstances",
      "",
      "content-type;host;x-tc-action",
      "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    ],
    stringToSign: [
      "TC3-HMAC-SHA256",
      "1551113065",
      "2019-02-25/cvm/tc3_request",
      "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84"
    ],
    keys: {
      date: "da98fb70dcf6b112dc21038d1eeeb3a95c74b4dcb12c1131f864f6066bd02be0",
      service: "8d70cbefb03939f929db64d32dc2ba89b1095620119fe3e050e2b18c5bd2752f",
      signing: "b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af"
    },
    signature: "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
    authorization:
      "TC3-HMAC-SHA256 Credential=AKID********************************/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
  },
  {
    name: "documented before: two signed headers",
    published: true,
    ...example,
    service: "cvm",
    timestamp: 1551113065,
    signable: {
      method: "POST",
      query: "",
      headers: { "content-type": "application/json; charset=utf-8", host: "cvm.tencentcloudapi.com" },
      payload: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    },
    canonicalRequest: [
      "POST",
      "/",
      "",
      "content-type:application/json; charset=utf-8",
      "host:cvm.tencentcloudapi.com",
      "",
      "content-type;host",
      "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    ],
    stringToSign: [
      "TC3-HMAC-SHA256",
      "1551113065",
      "2019-02-25/cvm/tc3_request",
      "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031"
    ],
    keys: {
      date: "d1308c81fe71cfd4e06437bbc067b2b8a3d2d8c0e375d547f15c41d5214b395a",
      service: "3c7cb7c7795393edc14fd2e0e6434a518564b4504b88e94f5d11bf59ba3e7050",
      signing: "ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1"
    },
    signature: "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
    authorization:
      "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
  },
  {
    name: "GET with a query",
    published: false,
    ...example,
    service: "cvm",
    timestamp: 1551113065,
    signable: {
      method: "GET",
      query: "Limit=10&Offset=0",
      headers: { "content-type": "application/x-www-form-urlencoded", host: "cvm.tencentcloudapi.com" },
      payload: ""
    },
    canonicalRequest: [
      "GET",
      "/",
      "Limit=10&Offset=0",
      "content-type:application/x-www-form-urlencoded",
      "host:cvm.tencentcloudapi.com",
      "",
      "content-type;host",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ],
    stringToSign: [
      "TC3-HMAC-SHA256",
      "1551113065",
      "2019-02-25/cvm/tc3_request",
      "91c9c192c14460df6c1ffc69e34e6c5e90708de2a6d282cccf957dbf1aa7f3a7"
    ],
    keys: {
      date: "d1308c81fe71cfd4e06437bbc067b2b8a3d2d8c0e375d547f15c41d5214b395a",
      service: "3c7cb7c7795393edc14fd2e0e6434a518564b4504b88e94f5d11bf59ba3e7050",
      signing: "ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1"
    },
    signature: "9867b291561db17491c01f0d7f06be3ccd45e91ecd3ce5434330e00ece036f64",
    authorization:
      "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=9867b291561db17491c01f0d7f06be3ccd45e91ecd3ce5434330e00ece036f64"
  },
  {
    name: "last second of a UTC day",
    published: false,
    ...example,
    service: "cvm",
    timestamp: 1551139199,
    signable: {
      method: "POST",
      query: "",
      headers: { "content-type": "application/json; charset=utf-8", host: "cvm.tencentcloudapi.com" },
      payload: "{}"
    },
    canonicalRequest: [
      "POST",
      "/",
      "",
      "content-type:application/json; charset=utf-8",
      "host:cvm.tencentcloudapi.com",
      "",
      "content-type;host",
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    ],
    stringToSign: [
      "TC3-HMAC-SHA256",
      "1551139199",
      "2019-02-25/cvm/tc3_request",
      "9f7b14f984266a47f171cf711a07033e1deaef93badff702a464aa360a6bb576"
    ],
    keys: {
      date: "d1308c81fe71cfd4e06437bbc067b2b8a3d2d8c0e375d547f15c41d5214b395a",
      service: "3c7cb7c7795393edc14fd2e0e6434a518564b4504b88e94f5d11bf59ba3e7050",
      signing: "ac658d5dde49e9bfdd14e04e062f66b05d9f637d44b8a8d845327d4a77f666b1"
    },
    signature: "11fb13a300c4ccb84c99cb12997bbfe212c894a854caf6441425d4b6d0629477",
    authorization:
      "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=11fb13a300c4ccb84c99cb12997bbfe212c894a854caf6441425d4b6d0629477"
  },
  {
    name: "first second of the next UTC day",
    published: false,
    ...example,
    service: "cvm",
    timestamp: 1551139200,
    signable: {
      method: "POST",
      query: "",
      headers: { "content-type": "application/json; charset=utf-8", host: "cvm.tencentcloudapi.com" },
      payload: "{}"
    },
    canonicalRequest: [
      "POST",
      "/",
      "",
      "content-type:application/json; charset=utf-8",
      "host:cvm.tencentcloudapi.com",
      "",
      "content-type;host",
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    ],
    stringToSign: [
      "TC3-HMAC-SHA256",
      "1551139200",
      "2019-02-26/cvm/tc3_request",
      "9f7b14f984266a47f171cf711a07033e1deaef93badff702a464aa360a6bb576"
    ],
    keys: {
      date: "1e158525e0ba4fd8631e000ef12958ba165b6d4abb1d2ffcd8bc90453a698113",
      service: "a661f67cd24ad31a1b157f1d5dd84710180172aa1af8e48390c6bd1d463e8816",
      signing: "ce44b6302bd4075856020b68c48c15e60dd3d96ea418c8c8e5d429ad7c14eae5"
    },
    signature: "cc66e9810eaa5f7bf43870b1b50065868d0768cc6e8b960873f24a056a27bbe9",
    authorization:
      "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-26/cvm/tc3_request, SignedHeaders=content-type;host, Signature=cc66e9810eaa5f7bf43870b1b50065868d0768cc6e8b960873f24a056a27bbe9"
  },
  {
    name: "explorer: POST {}",
    published: true,
    ...explorer,
    service: "cvm",
    timestamp: 1000000000,
    signable: {
      method: "POST",
      query: "",
      headers: { "content-type": "application/json", host: "cvm.tencentcloudapi.com" },
      payload: "{}"
    },
    canonicalRequest: [
      "POST",
      "/",
      "",
      "content-type:application/json",
      "host:cvm.tencentcloudapi.com",
      "",
      "content-type;host",
      "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    ],
    stringToSign: [
      "TC3-HMAC-SHA256",
      "1000000000",
      "2001-09-09/cvm/tc3_request",
      "b7511c2a57e10458e52fe57af7b28c25796fc538db71eef3b256d94528d8834d"
    ],
    keys: {
      date: "f273e09c811bcd71c5e70a361a9a482adb19c17decabf5f9cae51a11e9f9555a",
      service: "da4d227189e7a385ed02ad804f30fd9569598781f20ee7d9b0e267ef524c930e",
      signing: "6f5658a7f6c512ef9aac1ef66a02b1fbdb7695035fdd64172ea8495f5f9a64e0"
    },
    signature: "2c0b761dcdeacac29ac9d135f9f22b0fa52d4536d8b7727a8a515935c47eaea7",
    authorization:
      "TC3-HMAC-SHA256 Credential=MY_TC_SECRET_ID/2001-09-09/cvm/tc3_request, SignedHeaders=content-type;host, Signature=2c0b761dcdeacac29ac9d135f9f22b0fa52d4536d8b7727a8a515935c47eaea7"
  },
  {
    name: "explorer: GET with a list",
    published: true,
    ...explorer,
    service: "cvm",
    timestamp: 1000000000,
    signable: {
      method: "GET",
      query: "InstanceIds.0=ins-000000&InstanceIds.1=ins-000001",
      headers: { "content-type": "application/x-www-form-urlencoded", host: "cvm.tencentcloudapi.com" },
      payload: ""
    },
    canonicalRequest: [
      "GET",
      "/",
      "InstanceIds.0=ins-000000&InstanceIds.1=ins-000001",
      "content-type:application/x-www-form-urlencoded",
      "host:cvm.tencentcloudapi.com",
      "",
      "content-type;host",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ],
    stringToSign: [
      "TC3-HMAC-SHA256",
      "1000000000",
      "2001-09-09/cvm/tc3_request",
      "cbf3fc877b1a1d4888c3fcc5e285ee382a79c3d1d5198c185a17f916b446c244"
    ],
    keys: {
      date: "f273e09c811bcd71c5e70a361a9a482adb19c17decabf5f9cae51a11e9f9555a",
      service: "da4d227189e7a385ed02ad804f30fd9569598781f20ee7d9b0e267ef524c930e",
      signing: "6f5658a7f6c512ef9aac1ef66a02b1fbdb7695035fdd64172ea8495f5f9a64e0"
    },
    signature: "a4315b91798a181a6e5fb0353590040a399edad4a003ef5688d71fb34366c471",
    authorization:
      "TC3-HMAC-SHA256 Credential=MY_TC_SECRET_ID/2001-09-09/cvm/tc3_request, SignedHeaders=content-type;host, Signature=a4315b91798a181a6e5fb0353590040a399edad4a003ef5688d71fb34366c471"
  }
]

export const v1: ReadonlyArray<VectorV1> = [
  {
    name: "v1 documented before",
    published: true,
    ...example,
    signatureMethod: "HmacSHA1",
    method: "GET",
    host: "cvm.tencentcloudapi.com",
    parameters: [
      ["Action", "DescribeInstances"],
      ["Version", "2017-03-12"],
      ["Region", "ap-guangzhou"],
      ["SecretId", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"],
      ["Timestamp", "1465185768"],
      ["Nonce", "11886"],
      ["InstanceIds.0", "ins-09dx96dg"],
      ["Limit", "20"],
      ["Offset", "0"]
    ],
    source:
      "GETcvm.tencentcloudapi.com/?Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou&SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE&Timestamp=1465185768&Version=2017-03-12",
    signature: "EliP9YW3pW28FpsEdkXt/+WcGeI="
  },
  {
    name: "v1 documented today",
    published: true,
    ...cloud,
    signatureMethod: "HmacSHA1",
    method: "GET",
    host: "cvm.tencentcloudapi.com",
    parameters: [
      ["Action", "DescribeInstances"],
      ["Version", "2017-03-12"],
      ["Region", "ap-guangzhou"],
      ["SecretId", "AKID********************************"],
      ["Timestamp", "1465185768"],
      ["Nonce", "11886"],
      ["InstanceIds.0", "ins-09dx96dg"],
      ["Limit", "20"],
      ["Offset", "0"]
    ],
    source:
      "GETcvm.tencentcloudapi.com/?Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou&SecretId=AKID********************************&Timestamp=1465185768&Version=2017-03-12",
    signature: "7RAM2xfNMO9EiVTNmPg06MRnCvQ="
  },
  {
    name: "v1 with SHA-256, of the same source",
    published: false,
    ...example,
    signatureMethod: "HmacSHA256",
    method: "GET",
    host: "cvm.tencentcloudapi.com",
    parameters: [
      ["Action", "DescribeInstances"],
      ["Version", "2017-03-12"],
      ["Region", "ap-guangzhou"],
      ["SecretId", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"],
      ["Timestamp", "1465185768"],
      ["Nonce", "11886"],
      ["InstanceIds.0", "ins-09dx96dg"],
      ["Limit", "20"],
      ["Offset", "0"]
    ],
    source:
      "GETcvm.tencentcloudapi.com/?Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou&SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE&Timestamp=1465185768&Version=2017-03-12",
    signature: "bR/zQ3QqOmcEYeRv71IzG/NxfisUDgy9cqRMQC+UB5g="
  },
  {
    name: "explorer: v1 GET",
    published: true,
    ...explorer,
    signatureMethod: "HmacSHA1",
    method: "GET",
    host: "cvm.tencentcloudapi.com",
    parameters: [
      ["Action", "DescribeInstances"],
      ["Version", "2017-03-12"],
      ["Region", "ap-shanghai"],
      ["Language", "zh-CN"],
      ["SecretId", "MY_TC_SECRET_ID"],
      ["Timestamp", "1000000000"],
      ["Nonce", "8938"],
      ["InstanceIds.0", "ins-000000"],
      ["InstanceIds.1", "ins-000001"]
    ],
    source:
      "GETcvm.tencentcloudapi.com/?Action=DescribeInstances&InstanceIds.0=ins-000000&InstanceIds.1=ins-000001&Language=zh-CN&Nonce=8938&Region=ap-shanghai&SecretId=MY_TC_SECRET_ID&Timestamp=1000000000&Version=2017-03-12",
    signature: "tJ8iV7prk8YIzmTwwnjVmN9hlTQ="
  },
  {
    name: "explorer: v1 POST",
    published: true,
    ...explorer,
    signatureMethod: "HmacSHA1",
    method: "POST",
    host: "cvm.tencentcloudapi.com",
    parameters: [
      ["Action", "DescribeInstances"],
      ["Version", "2017-03-12"],
      ["Region", "ap-shanghai"],
      ["Language", "zh-CN"],
      ["SecretId", "MY_TC_SECRET_ID"],
      ["Timestamp", "1000000000"],
      ["Nonce", "5860"],
      ["InstanceIds.0", "ins-000000"],
      ["InstanceIds.1", "ins-000001"]
    ],
    source:
      "POSTcvm.tencentcloudapi.com/?Action=DescribeInstances&InstanceIds.0=ins-000000&InstanceIds.1=ins-000001&Language=zh-CN&Nonce=5860&Region=ap-shanghai&SecretId=MY_TC_SECRET_ID&Timestamp=1000000000&Version=2017-03-12",
    signature: "ve2J8iIYWjHzJpsAFONELiSMbNA="
  },
  {
    name: "explorer: v1 POST, characters outside ASCII are signed raw",
    published: true,
    ...explorer,
    signatureMethod: "HmacSHA1",
    method: "POST",
    host: "tag.tencentcloudapi.com",
    parameters: [
      ["Action", "GetTagValues"],
      ["Version", "2018-08-13"],
      ["SecretId", "MY_TC_SECRET_ID"],
      ["Timestamp", "1000000000"],
      ["Nonce", "4906"],
      ["TagKeys.0", "平台"]
    ],
    source:
      "POSTtag.tencentcloudapi.com/?Action=GetTagValues&Nonce=4906&SecretId=MY_TC_SECRET_ID&TagKeys.0=平台&Timestamp=1000000000&Version=2018-08-13",
    signature: "wC32+fkn0vo3B8Ap0yQEWn0gzFc="
  },
  {
    name: "explorer: v1 GET, an empty parameter is kept",
    published: true,
    ...explorer,
    signatureMethod: "HmacSHA1",
    method: "GET",
    host: "region.tencentcloudapi.com",
    parameters: [
      ["Action", "DescribeRegions"],
      ["Version", "2022-06-27"],
      ["Region", ""],
      ["SecretId", "MY_TC_SECRET_ID"],
      ["Timestamp", "1000000000"],
      ["Nonce", "2173"],
      ["Product", "cvm"]
    ],
    source:
      "GETregion.tencentcloudapi.com/?Action=DescribeRegions&Nonce=2173&Product=cvm&Region=&SecretId=MY_TC_SECRET_ID&Timestamp=1000000000&Version=2022-06-27",
    signature: "hMNWNgTcFjUZB7yVetq2wxeUjzE="
  },
  {
    name: "explorer: v1 POST, a space is signed raw",
    published: true,
    ...explorer,
    signatureMethod: "HmacSHA1",
    method: "POST",
    host: "tag.tencentcloudapi.com",
    parameters: [
      ["Action", "GetTagValues"],
      ["Version", "2018-08-13"],
      ["SecretId", "MY_TC_SECRET_ID"],
      ["Timestamp", "1000000000"],
      ["Nonce", "2353"],
      ["TagKeys.0", "业务 后台"]
    ],
    source:
      "POSTtag.tencentcloudapi.com/?Action=GetTagValues&Nonce=2353&SecretId=MY_TC_SECRET_ID&TagKeys.0=业务 后台&Timestamp=1000000000&Version=2018-08-13",
    signature: "Cuwf+s8Br8SzRIVahjs7GleQTLQ="
  }
]
