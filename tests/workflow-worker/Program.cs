using Dapr.Workflow;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderInventory.WorkflowWorker;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(_ => new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{builder.Configuration["DAPR_HTTP_PORT"]}/v1.0/state/statestore/") });
builder.Services.AddDaprWorkflow(options =>
{
    options.RegisterWorkflow<StepsWorkflow>();
    options.RegisterWorkflow<FanOutWorkflow>();
    options.RegisterWorkflow<StuckWorkflow>();
    options.RegisterActivity<StepActivity>();
    options.RegisterActivity<StuckActivity>();
});
await builder.Build().RunAsync();
