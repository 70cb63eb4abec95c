using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.TestHost;

namespace OrderInventory.Testing.Access;

/// <summary>A caller that is not on the machine of the app.</summary>
public static class Elsewhere
{
    public static readonly IPAddress Address = IPAddress.Parse("203.0.113.7");

    /// <summary>Sends a GET from <paramref name="address"/>, by default <see cref="Address"/>.</summary>
    public static Task<HttpResponseMessage> GetAsync(TestServer server, string path, IPAddress? address = null, params (string Name, string Value)[] headers) =>
        SendAsync(server, "GET", path, address, headers);

    /// <summary>The same with another method.</summary>
    public static async Task<HttpResponseMessage> SendAsync(TestServer server, string method, string path, IPAddress? address = null, params (string Name, string Value)[] headers)
    {
        var context = await server.SendAsync(context =>
        {
            context.Request.Method = method;
            context.Request.Path = path;
            context.Connection.RemoteIpAddress = address ?? Address;
            foreach (var (name, value) in headers) context.Request.Headers[name] = value;
        });
        var answer = new HttpResponseMessage((HttpStatusCode)context.Response.StatusCode) { Content = new StreamContent(context.Response.Body) };
        foreach (var (name, value) in context.Response.Headers)
            if (name != "Content-Type") answer.Headers.TryAddWithoutValidation(name, value.ToArray());
        if (context.Response.ContentType is { } type) answer.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return answer;
    }
}
