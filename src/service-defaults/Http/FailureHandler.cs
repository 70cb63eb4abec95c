using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// Turns exceptions, which are bugs or broken infrastructure, into problems without internals: 503 with Retry-After when
/// a dependency is down, else 500. It logs, since the framework does not log what a handler handled.
/// </summary>
internal sealed class FailureHandler(IProblemDetailsService problems, ILogger<FailureHandler> logger) : IExceptionHandler
{
    private const string RetryAfterSeconds = "1";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (method, path) = (httpContext.Request.Method, httpContext.Request.Path.ToString());
        int status;
        switch (exception)
        {
            // The client has gone, and with it went the call of the sidecar: nothing is wrong.
            case ConnectionResetException:
            case OperationCanceledException or IOException or BadHttpRequestException when httpContext.RequestAborted.IsCancellationRequested:
                httpContext.Response.StatusCode = 499;
                return true;
            case BadHttpRequestException bad:
                status = bad.StatusCode;
                break;
            case DependencyUnavailableException:
                status = StatusCodes.Status503ServiceUnavailable;
                httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
                Log.DependencyUnavailable(logger, method, path, exception);
                break;
            default:
                status = StatusCodes.Status500InternalServerError;
                Log.Unhandled(logger, method, path, exception);
                break;
        }

        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = new ProblemDetails { Status = status } });
    }
}
