module officials

go 1.19

require (
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v1.3.212
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm v1.1.0
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sts v1.1.11
)
