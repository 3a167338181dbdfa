/** Small made-up sources in the form of the official packages, in folders of their own that are gone after the test. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { folder } from "./catalogues.js"

/** A folder with files, by path. */
export const tree = (files: Readonly<Record<string, string>>) =>
  Effect.map(folder, (root) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return root
  })

const member = (name: string, type: string, of: string, more: object = {}) => ({
  disabled: false,
  document: `${name} of a made-up product`,
  example: "无",
  member: of,
  name,
  type,
  ...more
})

const requestId = member("RequestId", "string", "string")

/** The shapes of a made-up product, `ebs`, in the form of tccli. */
export const api = {
  actions: {
    DescribeDisks: {
      document: "Lists disks.",
      input: "DescribeDisksRequest",
      name: "List",
      output: "DescribeDisksResponse",
      status: "online"
    },
    OldDisk: {
      document: "Gone.",
      input: "OldDiskRequest",
      name: "Old",
      output: "OldDiskResponse",
      status: "deprecated"
    },
    UploadDisk: { document: "Uploads.", input: "UploadDiskRequest", name: "Upload", output: "UploadDiskResponse" },
    WatchDisk: {
      document: "Streams.",
      input: "WatchDiskRequest",
      name: "Watch",
      output: "WatchDiskResponse",
      status: "online"
    }
  },
  metadata: { apiVersion: "2026-01-01", serviceShortName: "ebs" },
  objects: {
    Disk: {
      members: [
        member("DiskId", "string", "string", {
          example: "disk-1a2b",
          output_required: true,
          value_allowed_null: false
        }),
        member("Serial", "int", "uint64", { example: "18446744073709551615", value_allowed_null: true }),
        member("Tags", "list", "Tag", { disabled: true, output_required: true, value_allowed_null: true }),
        member("CreatedTime", "string", "datetime_iso", { example: "2026-01-01T00:00:00+00:00" })
      ],
      usage: "out"
    },
    DescribeDisksRequest: {
      members: [
        member("State", "string", "string", {
          document: "<p>状态，取值：</p><ul><li>ATTACHED：已挂载</li><li>FREE：未挂载</li></ul><p>默认值：FREE。</p>",
          example: "FREE",
          required: true
        }),
        member("Kind", "int", "int64", { document: "类型：0-普通，1-高速", example: "1", required: 0 }),
        member("Limit", "int", "uint64", { document: "返回数量，默认值为20，最小值为1，最大值为100。", example: "20" }),
        member("PageNumber", "int", "int64", { document: "页码，从1开始", example: "1" }),
        member("Owner", "string", "string", { document: "Who owns it.", example: "someone@example.com" }),
        member("Colour", "string", "string", { document: "颜色，取值：RED：红；BLUE：蓝", example: "GREEN" })
      ]
    },
    DescribeDisksResponse: {
      members: [member("TotalCount", "int", "int64"), member("DiskSet", "list", "Disk"), requestId]
    },
    OldDiskRequest: { members: [] },
    OldDiskResponse: { members: [requestId] },
    Tag: { members: [member("Key", "string", "string", { required: true }), member("Share", "float", "float")] },
    UploadDiskRequest: { members: [member("TopicId", "string", "string", { required: true })] },
    UploadDiskResponse: { members: [requestId] },
    WatchDiskRequest: { members: [member("DryRun", "bool", "bool", { document: "默认值：false", example: "true" })] },
    WatchDiskResponse: { members: [requestId] }
  },
  version: "1.0"
}

const post = (action: string, body: string) =>
  `POST / HTTP/1.1\nHost: ebs.tencentcloudapi.com\nContent-Type: application/json\nX-TC-Action: ${action}\n<公共请求参数>\n\n${body}`

/** Published examples: two right ones, and two whose request or answer is wrong. */
export const examples = {
  actions: {
    DescribeDisks: [
      {
        document: "",
        title: "JSON",
        input: post("DescribeDisks", '{"State": "FREE", "Limit": 20, "Owner": null}'),
        output:
          '{"Response": {"TotalCount": 1, "DiskSet": [{"DiskId": "disk-1", "Serial": 9223372036854775807}], "RequestId": "r"}}'
      },
      {
        document: "",
        title: "query",
        input: "https://ebs.tencentcloudapi.com/?Action=DescribeDisks\n&State=FREE\n&Limit=20\n&<公共请求参数>",
        output: '{"Response": {"Error": {"Code": "LimitExceeded", "Message": "m"}, "RequestId": "r"}}'
      },
      {
        document: "",
        title: "wrong",
        input: post("DescribeDisks", '{"Limit": 20}'),
        output: '{"Response": {"DiskSet": {"DiskId": "disk-1"}, "RequestId": "r"}'
      }
    ],
    WatchDisk: [
      {
        document: "",
        title: "stream",
        input: post("WatchDisk", '{"DryRun": true}'),
        output: 'data: {"RequestId":"r"}\n\ndata: {"RequestId":"r"}'
      }
    ]
  },
  version: "1.0"
}

/** The files of tccli. */
export const tccli = (other: { readonly api?: unknown; readonly examples?: unknown } = {}) => ({
  "tccli/services/ebs/v20260101/api.json": JSON.stringify(other.api ?? api),
  "tccli/services/ebs/v20260101/examples.json": JSON.stringify(other.examples ?? examples),
  "tccli/services/ebs/ebs_client.py": ""
})

export const goErrors = `package v20260101

const (
	// 此产品的特有错误码

	// made up
	INTERNALERROR_DISK = "InternalError.Disk"

	LIMITEXCEEDED = "LimitExceeded"
	RESOURCEINUSE_DISKBUSY = "ResourceInUse.DiskBusy"
)
`

const goAction = (name: string, codes: ReadonlyArray<string>, special = "", send = "c.Send(request, response)") => `
func New${name}Request() (request *${name}Request) {
    request = &${name}Request{
        BaseRequest: &tchttp.BaseRequest{},
    }
    request.Init().WithApiInfo("ebs", APIVersion, "${name}")
    ${special}
    return
}

// ${name}
// A made-up action.
//
// error code that may be returned:
${codes.map((code) => `//  ${code.toUpperCase().replace(".", "_")} = "${code}"`).join("\n")}
func (c *Client) ${name}(request *${name}Request) (response *${name}Response, err error) {
    return c.${name}WithContext(context.Background(), request)
}

// ${name}
//
// 可能返回的错误码:
${codes.map((code) => `//  ${code.toUpperCase().replace(".", "_")} = "${code}"`).join("\n")}
func (c *Client) ${name}WithContext(ctx context.Context, request *${name}Request) (response *${name}Response, err error) {
    err = ${send}
    return
}
`

export const goClient = `package v20260101

const APIVersion = "2026-01-01"
${goAction("DescribeDisks", ["LimitExceeded", "InternalError.Disk"])}
${goAction("OldDisk", [])}
${goAction("UploadDisk", ["LimitExceeded"], "", "c.SendOctetStream(request, response)")}
${goAction("WatchDisk", ["InternalError.Disk"], 'request.SetDomain("ebs.ai.tencentcloudapi.com")')}
`

export const goModels = `package v20260101

type DescribeDisksResponse struct {
	*tchttp.BaseResponse
	Response *DescribeDisksResponseParams
}

type WatchDiskResponse struct {
	tchttp.BaseSSEResponse \`json:"-"\`
	Response *WatchDiskResponseParams
}
`

/** The files of the client for Go, as a module of the cache. */
export const go = (other: Readonly<Record<string, string>> = {}) => ({
  "ebs@v1.0.1/v20260101/client.go": goClient,
  "ebs@v1.0.1/v20260101/errors.go": goErrors,
  "ebs@v1.0.1/v20260101/models.go": goModels,
  ...other
})

/** The files of the client for Python. */
export const python = (codes: ReadonlyArray<string>) => ({
  "tencentcloud/ebs/v20260101/ebs_client.py": `
class EbsClient(AbstractClient):
    _apiVersion = '2026-01-01'
    _endpoint = 'ebs.tencentcloudapi.com'
    _service = 'ebs'

    def WatchDisk(self, request):
        return self._call_and_deserialize("WatchDisk", params, models.WatchDiskResponse, headers=request.headers)

    def UploadDisk(self, request, body):
        return self.call_octet_stream("UploadDisk", params, body)
`,
  "tencentcloud/ebs/v20260101/ebs_client_async.py": "",
  "tencentcloud/ebs/v20260101/errorcodes.py": `# -*- coding: utf8 -*-\n${codes
    .map((code) => `# made up\n${code.toUpperCase().replace(".", "_")} = '${code}'\n`)
    .join("\n")}`
})
