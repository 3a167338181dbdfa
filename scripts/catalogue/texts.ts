/**
 * What the members that recur everywhere are, in our own words. A text is true wherever a member has the name and one of the types.
 */
import * as Catalogue from "./catalogue.js"

type Side = "request" | "response"

interface Text {
  readonly text: string
  /** The types of a member that the text is about. Default: a text. */
  readonly types?: ReadonlyArray<string>
  /** Default: both. `action`: only in the request of an action itself. */
  readonly side?: Side | "action"
}

const integers = ["int64", "uint64"]
const numbers = [...integers, "string"]
const times = ["string", "datetime", "datetime_iso", "date"]

const of = (text: string, types?: ReadonlyArray<string>, side?: Text["side"]): Text => ({
  text,
  ...(types === undefined ? {} : { types }),
  ...(side === undefined ? {} : { side })
})

const texts: ReadonlyMap<string, Text> = new Map(
  Object.entries({
    RequestId: of("The id of the request. Support asks for it."),
    ClientToken: of(
      "A text of your choice. A second request with the same text changes nothing more.",
      undefined,
      "request"
    ),
    DryRun: of("Whether to check the request only, and change nothing.", ["bool"], "request"),
    Limit: of("How many items to return at most.", numbers, "action"),
    Offset: of("How many items to skip.", numbers, "action"),
    PageNumber: of("The number of the page to return.", numbers, "action"),
    PageNo: of("The number of the page to return.", numbers, "action"),
    PageIndex: of("The number of the page to return.", numbers, "action"),
    PageSize: of("How many items a page has at most.", numbers, "action"),
    TotalCount: of("How many items there are in all.", integers, "response"),
    NextToken: of("The token of the next page."),
    MaxResults: of("How many items to return at most.", integers, "action"),
    Filters: of("What the items have to match.", ["list"], "action"),
    OrderBy: of("What the items are sorted by.", undefined, "action"),
    OrderField: of("What the items are sorted by.", undefined, "action"),
    Region: of("The region, such as `ap-guangzhou`."),
    Zone: of("The availability zone, such as `ap-guangzhou-3`."),
    ZoneId: of("The id of the availability zone.", numbers),
    Tags: of("The tags of the resource.", ["list<Tag>", "list<ResourceTag>", "list<TagInfo>", "list<Tags>"]),
    TagKey: of("The key of the tag."),
    TagValue: of("The value of the tag."),
    ProjectId: of("The id of the project.", numbers),
    AppId: of("The AppId of the account.", numbers, "response"),
    Uin: of("The id of the account.", numbers),
    OwnerUin: of("The id of the main account.", numbers),
    SubAccountUin: of("The id of the sub-account.", numbers),
    InstanceId: of("The id of the instance."),
    InstanceIds: of("The ids of the instances.", ["list<string>"]),
    InstanceName: of("The name of the instance."),
    InstanceType: of("The type of the instance."),
    ClusterId: of("The id of the cluster."),
    ClusterName: of("The name of the cluster."),
    VpcId: of("The id of the private network."),
    SubnetId: of("The id of the subnet."),
    SecurityGroupIds: of("The ids of the security groups.", ["list<string>"]),
    LoadBalancerId: of("The id of the load balancer."),
    ListenerId: of("The id of the listener."),
    GatewayId: of("The id of the gateway."),
    GroupId: of("The id of the group.", numbers),
    GroupName: of("The name of the group."),
    RuleId: of("The id of the rule.", numbers),
    RuleName: of("The name of the rule."),
    PolicyId: of("The id of the policy.", numbers),
    TopicId: of("The id of the topic."),
    TopicName: of("The name of the topic."),
    TaskId: of("The id of the task.", numbers),
    TaskName: of("The name of the task."),
    TaskType: of("The type of the task.", numbers),
    JobId: of("The id of the job.", numbers),
    FlowId: of("The id of the flow.", numbers),
    TemplateId: of("The id of the template.", numbers),
    ResourceId: of("The id of the resource.", numbers),
    ResourceType: of("The type of the resource."),
    ProductId: of("The id of the product.", numbers),
    DeviceName: of("The name of the device."),
    UserId: of("The id of the user.", numbers),
    UserName: of("The name of the user."),
    Password: of("The password. Journals and errors do not show it."),
    SdkAppId: of("The id of the application.", numbers),
    SubAppId: of("The id of the subordinate application.", numbers),
    Namespace: of("The namespace."),
    Domain: of("The domain name."),
    Port: of("The port.", integers),
    FileName: of("The name of the file."),
    Description: of("A description."),
    Remark: of("A remark."),
    Comment: of("A comment."),
    StartTime: of("The start of the time span.", times, "request"),
    EndTime: of("The end of the time span.", times, "request"),
    CreateTime: of("When it was created.", times),
    CreatedTime: of("When it was created.", times),
    UpdateTime: of("When it was last changed.", times),
    ModifyTime: of("When it was last changed.", times),
    ExpireTime: of("When it expires.", times),
    ErrMsg: of("What went wrong.", undefined, "response"),
    Progress: of("How far it has come.", integers, "response")
  })
)

/** The text of a member of an object, if its name is one of those that recur. */
export const textOf = ([name, type]: Catalogue.Member, object: string, side: Side): string | undefined => {
  const found = texts.get(name)
  if (found === undefined) return undefined
  const isThere =
    found.side === "action" ? side === "request" && object.endsWith("Request") : (found.side ?? side) === side
  const types = found.types ?? ["string"]
  return isThere && (types.includes(type) || (types.includes("list") && Catalogue.isList(type)))
    ? found.text
    : undefined
}

/** The names that have a text. */
export const names: ReadonlyArray<string> = [...texts.keys()]
