// The official client for Go. Its argument is a file with the way to the gateway and the calls to make. It prints a line of JSON for each
// call: the result, or the code of the error.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	sts "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sts/v20180813"
)

type key struct {
	SecretId  string `json:"secretId"`
	SecretKey string `json:"secretKey"`
}

type call struct {
	Name       string                 `json:"name"`
	Kind       string                 `json:"kind"`
	Product    string                 `json:"product"`
	Version    string                 `json:"version"`
	Action     string                 `json:"action"`
	Method     string                 `json:"method"`
	Sign       string                 `json:"sign"`
	Key        string                 `json:"key"`
	Parameters map[string]interface{} `json:"parameters"`
}

type plan struct {
	Protocol string         `json:"protocol"`
	Endpoint string         `json:"endpoint"`
	Region   string         `json:"region"`
	Role     string         `json:"role"`
	Keys     map[string]key `json:"keys"`
	Calls    []call         `json:"calls"`
}

// An answer that is either events or one result.
type streamed struct {
	*tchttp.BaseSSEResponse
}

type filter struct {
	Name   *string   `json:"Name,omitempty" name:"Name"`
	Values []*string `json:"Values,omitempty" name:"Values"`
}

// A request as the packages of products have it. The general one of the client has parameters only in a body of JSON.
type echoRequest struct {
	*tchttp.BaseRequest
	Text    *string   `json:"Text,omitempty" name:"Text"`
	Count   *int64    `json:"Count,omitempty" name:"Count"`
	Enabled *bool     `json:"Enabled,omitempty" name:"Enabled"`
	Filters []*filter `json:"Filters,omitempty" name:"Filters"`
}

var given plan

func profileOf(c call) *profile.ClientProfile {
	p := profile.NewClientProfile()
	p.SignMethod = c.Sign
	p.HttpProfile.ReqMethod = c.Method
	p.HttpProfile.Scheme = strings.ToUpper(given.Protocol)
	p.HttpProfile.Endpoint = given.Endpoint
	p.UnsignedPayload = c.Kind == "unsigned payload"
	return p
}

func keyOf(c call) (common.CredentialIface, error) {
	if c.Key != "temporary" {
		k := given.Keys[c.Key]
		return common.NewCredential(k.SecretId, k.SecretKey), nil
	}
	owner := call{Key: "owner", Method: "POST", Sign: "TC3-HMAC-SHA256"}
	k, err := keyOf(owner)
	if err != nil {
		return nil, err
	}
	client, err := sts.NewClient(k, given.Region, profileOf(owner))
	if err != nil {
		return nil, err
	}
	request := sts.NewAssumeRoleRequest()
	request.RoleArn = common.StringPtr(given.Role)
	request.RoleSessionName = common.StringPtr("go")
	answer, err := client.AssumeRole(request)
	if err != nil {
		return nil, err
	}
	found := answer.Response.Credentials
	return common.NewTokenCredential(*found.TmpSecretId, *found.TmpSecretKey, *found.Token), nil
}

// Takes the result out of `{"Response": …}`.
func unwrap(body []byte) (json.RawMessage, error) {
	var answer struct{ Response json.RawMessage }
	err := json.Unmarshal(body, &answer)
	return answer.Response, err
}

func typed(c call, k common.CredentialIface) (interface{}, error) {
	client, err := cvm.NewClient(k, given.Region, profileOf(c))
	if err != nil {
		return nil, err
	}
	parameters, err := json.Marshal(c.Parameters)
	if err != nil {
		return nil, err
	}
	request := cvm.NewDescribeInstancesRequest()
	if err := request.FromJsonString(string(parameters)); err != nil {
		return nil, err
	}
	answer, err := client.DescribeInstances(request)
	if err != nil {
		return nil, err
	}
	return unwrap([]byte(answer.ToJsonString()))
}

func sendEcho(client *common.Client, c call) (interface{}, error) {
	request := &echoRequest{BaseRequest: &tchttp.BaseRequest{}}
	request.Init().WithApiInfo(c.Product, c.Version, c.Action)
	parameters, err := json.Marshal(c.Parameters)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(parameters, request); err != nil {
		return nil, err
	}
	answer := tchttp.NewCommonResponse()
	if err := client.Send(request, answer); err != nil {
		return nil, err
	}
	return unwrap(answer.GetBody())
}

func sendCommon(client *common.Client, c call, parameters map[string]interface{}) (interface{}, error) {
	request := tchttp.NewCommonRequest(c.Product, c.Version, c.Action)
	if err := request.SetActionParameters(parameters); err != nil {
		return nil, err
	}
	request.SetSkipSign(c.Kind == "unsigned action")
	if c.Kind == "stream" {
		answer := &streamed{&tchttp.BaseSSEResponse{}}
		if err := client.Send(request, answer); err != nil {
			return nil, err
		}
		events := []json.RawMessage{}
		for event := range answer.Events {
			if event.Err != nil {
				return nil, event.Err
			}
			events = append(events, event.Data)
		}
		return map[string]interface{}{"events": events}, nil
	}
	answer := tchttp.NewCommonResponse()
	if err := client.Send(request, answer); err != nil {
		return nil, err
	}
	return unwrap(answer.GetBody())
}

func concurrent(client *common.Client, c call) (interface{}, error) {
	results, failures := make([]interface{}, 50), make([]error, 50)
	var group sync.WaitGroup
	for index := range results {
		group.Add(1)
		go func(index int) {
			defer group.Done()
			parameters := map[string]interface{}{"Count": index}
			for name, value := range c.Parameters {
				parameters[name] = value
			}
			results[index], failures[index] = sendCommon(client, c, parameters)
		}(index)
	}
	group.Wait()
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	return map[string]interface{}{"results": results}, nil
}

func send(c call) (interface{}, error) {
	k, err := keyOf(c)
	if err != nil {
		return nil, err
	}
	if c.Kind == "typed" {
		return typed(c, k)
	}
	client := common.NewCommonClient(k, given.Region, profileOf(c))
	if c.Kind == "concurrent" {
		return concurrent(client, c)
	}
	if c.Method == "GET" || c.Sign != "TC3-HMAC-SHA256" {
		return sendEcho(client, c)
	}
	return sendCommon(client, c, c.Parameters)
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(text, &given)
	}
	if err != nil {
		panic(err)
	}
	for _, c := range given.Calls {
		line := map[string]interface{}{"name": c.Name}
		if result, err := send(c); err == nil {
			line["result"] = result
		} else if known, ok := err.(*errors.TencentCloudSDKError); ok && !strings.HasPrefix(known.Code, "Client") {
			line["error"] = known.Code
		} else {
			line["error"] = err.Error()
		}
		printed, err := json.Marshal(line)
		if err != nil {
			panic(err)
		}
		fmt.Println(string(printed))
	}
}
