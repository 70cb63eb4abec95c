using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace OrderInventory.System.Tests.Foreign;

/// <summary>The app that the foreign program invokes: it answers with what reached it, or with the status that is asked for.</summary>
internal static class EchoApp
{
    /// <summary>Starts it.</summary>
    public static async Task<WebApplication> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var web = builder.Build();
        web.Map("/echo/{**path}", async (HttpRequest request) => Results.Json(new
        {
            method = request.Method,
            path = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget,
            own = request.Headers["x-own"].ToString(),
            caller = request.Headers["dapr-caller-app-id"].ToString(),
            body = await request.ReadFromJsonAsync<object>(),
        }));
        web.MapGet("/status/{status:int}", (int status) => Results.Text("no coffee", statusCode: status));
        await web.StartAsync();
        return web;
    }
}
