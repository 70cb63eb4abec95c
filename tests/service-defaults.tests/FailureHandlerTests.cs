using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>Which exceptions are failures, and which only tell that a client has gone.</summary>
public sealed class FailureHandlerTests
{
    public static TheoryData<Exception, bool, int, int> Exceptions => new()
    {
        { new OperationCanceledException(), true, 499, 0 },
        { new OperationCanceledException(), false, 500, 1 },
        { new InvalidOperationException(), true, 500, 1 },
        { new DependencyUnavailableException("down"), true, 503, 1 },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task TryHandle_AnException_IsAFailureUnlessTheClientHasGone(Exception exception, bool hasGone, int status, int logged)
    {
        var log = new CountingLogger();
        await using var services = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = new CancellationToken(hasGone) };

        await new FailureHandler(services.GetRequiredService<IProblemDetailsService>(), log).TryHandleAsync(context, exception, CancellationToken.None);

        Assert.Equal((status, logged), (context.Response.StatusCode, log.Count));
    }

    [Fact]
    public async Task TryHandle_PathWithALineBreak_IsOneLineOfTheLog()
    {
        var log = new CountingLogger();
        await using var services = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Path = PathString.FromUriComponent("/api/orders/x%0D%0Aforged%E2%80%A8line%1B[2J");

        await new FailureHandler(services.GetRequiredService<IProblemDetailsService>(), log).TryHandleAsync(context, new InvalidOperationException(), CancellationToken.None);

        Assert.Contains("forged", log.Last, StringComparison.Ordinal);
        Assert.All(log.Last, character => Assert.InRange(character, ' ', '~'));
    }

    private sealed class CountingLogger : ILogger<FailureHandler>
    {
        public int Count { get; private set; }

        public string Last { get; private set; } = "";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            (Count, Last) = (Count + 1, formatter(state, exception));
    }
}
