"""
The official client for Python. Its argument is a file with the way to the gateway and the calls to make. It prints a line of JSON for each
call: the result, or the code of the error.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import cvm_client
from tencentcloud.cvm.v20170312 import models as cvm_models
from tencentcloud.sts.v20180813 import models as sts_models
from tencentcloud.sts.v20180813 import sts_client

with open(sys.argv[1], encoding="utf-8") as file:
    plan = json.load(file)


def profile_of(call):
    profile = ClientProfile(
        signMethod=call["sign"],
        httpProfile=HttpProfile(
            protocol=plan["protocol"],
            endpoint=plan.get("endpoint"),
            reqMethod=call["method"],
            certification=plan.get("certificate"),
        ),
    )
    profile.unsignedPayload = call["kind"] == "unsigned payload"
    return profile


def key_of(call):
    if call["key"] != "temporary":
        key = plan["keys"][call["key"]]
        return Credential(key["secretId"], key["secretKey"])
    owner = {"key": "owner", "kind": "typed", "method": "POST", "sign": "TC3-HMAC-SHA256"}
    request = sts_models.AssumeRoleRequest()
    request.RoleArn = plan["role"]
    request.RoleSessionName = "python"
    client = sts_client.StsClient(key_of(owner), plan["region"], profile_of(owner))
    found = client.AssumeRole(request).Credentials
    return Credential(found.TmpSecretId, found.TmpSecretKey, found.Token)


def send(call):
    kind, action, parameters = call["kind"], call["action"], call["parameters"]
    key, profile = key_of(call), profile_of(call)
    if kind == "typed":
        request = getattr(cvm_models, action + "Request")()
        request.from_json_string(json.dumps(parameters))
        client = cvm_client.CvmClient(key, plan["region"], profile)
        return json.loads(getattr(client, action)(request).to_json_string())
    client = CommonClient(call["product"], call["version"], key, plan["region"], profile)
    if kind == "unsigned action":
        return client.call_json(action, parameters, options={"SkipSign": True})["Response"]
    if kind == "stream":
        return {"events": [json.loads(event["data"]) for event in client.call_sse(action, parameters)]}
    if kind == "concurrent":
        with ThreadPoolExecutor(50) as pool:
            answers = pool.map(lambda count: client.call_json(action, {**parameters, "Count": count}), range(50))
            return {"results": [answer["Response"] for answer in answers]}
    return client.call_json(action, parameters)["Response"]


for call in plan["calls"]:
    try:
        outcome = {"result": send(call)}
    except TencentCloudSDKException as error:
        outcome = {"error": error.code if not error.code.startswith("Client") else str(error)}
    except Exception as error:
        outcome = {"error": repr(error)}
    print(json.dumps({"name": call["name"], **outcome}), flush=True)
