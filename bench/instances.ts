/** What all contenders call: `DescribeInstances` of `cvm`, with one request and these answers. */

export const key = { secretId: "AKIDBENCHBENCHBENCHBENCHBENCHBENCHBE", secretKey: "benchbenchbenchbenchbenchbenchbe" }

export const call = { action: "DescribeInstances", version: "2017-03-12", region: "ap-guangzhou" }
export const product = "cvm"

/** 300 bytes as JSON. */
export const request = {
  Filters: [
    { Name: "zone", Values: ["ap-guangzhou-3", "ap-guangzhou-4", "ap-guangzhou-6"] },
    { Name: "instance-state", Values: ["RUNNING", "STOPPED"] },
    { Name: "instance-charge-type", Values: ["PREPAID", "POSTPAID_BY_HOUR"] },
    { Name: "tag:environment", Values: ["production-one"] }
  ],
  Offset: 0,
  Limit: 20
}

export const requestId = "3a2f6a0c-5b8e-4c6d-9a61-0e5d2f7b9c41"

/** An instance as the service describes it, in about 2 KB. */
const instance = (index: number) => ({
  Placement: {
    Zone: "ap-guangzhou-3",
    ProjectId: 1045 + (index % 7),
    HostIds: ["host-8dp2l3q1"],
    HostId: "host-8dp2l3q1"
  },
  InstanceId: `ins-${String(index).padStart(8, "0")}`,
  InstanceType: "SA5.2XLARGE16",
  CPU: 8,
  Memory: 16,
  RestrictState: "NORMAL",
  InstanceName: `production-web-${index}`,
  InstanceChargeType: index % 3 === 0 ? "PREPAID" : "POSTPAID_BY_HOUR",
  SystemDisk: { DiskType: "CLOUD_BSSD", DiskId: `disk-${String(index).padStart(8, "0")}`, DiskSize: 50 },
  DataDisks: [1, 2].map((disk) => ({
    DiskSize: 200 * disk,
    DiskType: "CLOUD_SSD",
    DiskId: `disk-${disk}${String(index).padStart(7, "0")}`,
    DeleteWithInstance: true,
    Encrypt: false,
    ThroughputPerformance: 0,
    BurstPerformance: false
  })),
  PrivateIpAddresses: [`10.0.${index % 256}.17`],
  PublicIpAddresses: [`203.0.113.${index % 256}`],
  InternetAccessible: {
    InternetChargeType: "TRAFFIC_POSTPAID_BY_HOUR",
    InternetMaxBandwidthOut: 100,
    PublicIpAssigned: true
  },
  VirtualPrivateCloud: { VpcId: "vpc-4f2k9x1q", SubnetId: "subnet-7b3m1c8d", AsVpcGateway: false },
  ImageId: "img-487zeit5",
  RenewFlag: "NOTIFY_AND_MANUAL_RENEW",
  CreatedTime: "2024-03-01T08:12:44Z",
  ExpiredTime: "2025-03-01T08:12:44Z",
  OsName: "Ubuntu Server 22.04 LTS 64bit",
  SecurityGroupIds: ["sg-p1ezv4wz", "sg-0a9d8f7e"],
  LoginSettings: { KeyIds: ["skey-b4vakk62"], KeepImageLogin: "FALSE" },
  InstanceState: "RUNNING",
  Tags: [
    { Key: "environment", Value: "production" },
    { Key: "team", Value: "平台工程" },
    { Key: "cost-center", Value: `cc-${1000 + (index % 17)}` }
  ],
  StopChargingMode: "NOT_APPLICABLE",
  Uuid: `6c1f8e0a-2d4b-4a3c-8f5e-${String(index).padStart(12, "0")}`,
  LatestOperation: "RunInstances",
  LatestOperationState: "SUCCESS",
  LatestOperationRequestId: "c7de1287-061d-4ace-8caf-6ad8e5a2f29a",
  DisasterRecoverGroupId: "",
  IPv6Addresses: null,
  CamRoleName: "CVM_QCSRole",
  HpcClusterId: "",
  RdmaIpAddresses: null,
  DedicatedClusterId: "",
  IsolatedSource: "NOTISOLATED",
  GPUInfo: null,
  LicenseType: "TencentCloud",
  DisableApiTermination: false,
  DefaultLoginUser: "ubuntu",
  DefaultLoginPort: 22,
  LatestOperationErrorMsg: null,
  Metadata: { Items: [{ Key: "role", Value: "web" }] },
  PublicIPv6Addresses: null
})

const envelope = (members: object): string => JSON.stringify({ Response: { ...members, RequestId: requestId } })

/** 100 instances, in 200 KB. */
export const largeAnswer = envelope({
  TotalCount: 100,
  InstanceSet: Array.from({ length: 100 }, (_, index) => instance(index))
})

const { CPU, CreatedTime, ImageId, InstanceId, InstanceState, InstanceType, Memory, Placement, SystemDisk, Tags } =
  instance(1)
const { DataDisks, InstanceName, PrivateIpAddresses, SecurityGroupIds, Uuid, VirtualPrivateCloud } = instance(1)

/** One instance, in 1 KB. */
export const answer = envelope({
  TotalCount: 1,
  InstanceSet: [
    {
      ...{ Placement, InstanceId, InstanceType, CPU, Memory, InstanceName, SystemDisk, DataDisks, PrivateIpAddresses },
      ...{ VirtualPrivateCloud, ImageId, CreatedTime, SecurityGroupIds, InstanceState, Tags, Uuid }
    }
  ]
})

export const errorAnswer = envelope({
  Error: { Code: "InvalidInstanceId.Malformed", Message: "The instance ID `ins-00000001` is malformed." }
})
