using System.Globalization;

namespace OrderInventory.Web.DeadLetters;

/// <summary>The pages of dead letters, and what can be done there.</summary>
internal static class DeadLetterPages
{
    /// <summary>Registers what the pages need.</summary>
    public static void AddDeadLetterPages(this IServiceCollection services) =>
        services.AddSingleton<LetterLoader>().AddSingleton<LetterActions>().AddSingleton<ReplayRuns>().AddHostedService(provider => provider.GetRequiredService<ReplayRuns>());

    public static void MapDeadLetterPages(this IEndpointRouteBuilder routes)
    {
        var (letters, actions, runs) = (routes.ServiceProvider.GetRequiredService<LetterLoader>(), routes.ServiceProvider.GetRequiredService<LetterActions>(), routes.ServiceProvider.GetRequiredService<ReplayRuns>());
        routes.MapLivePage<Pages.LettersPage, LettersModel>("/deadletters", (_, _) => "Dead letters", (request, cancellationToken) => letters.ListAsync(request, runs.Runs, cancellationToken)!);
        routes.MapLivePage<Pages.LetterPage, LetterModel>("/deadletters/{id}", (_, _) => "Dead letter", LoadAsync);
        routes.MapLivePage<Pages.DismissPage, LetterModel>("/deadletters/{id}/dismiss", (_, _) => "Dismiss a dead letter", LoadAsync);
        routes.MapLivePage<Pages.RunPage, RunModel>(
            "/deadletters/runs/{number:int}", (request, _) => $"Run {request["number"]} of replays", async (request, cancellationToken) =>
                await runs.LoadAsync(int.Parse(request["number"]!, CultureInfo.InvariantCulture), cancellationToken) is { } run ? run with { IsAnother = request["another"] is not null } : null);

        // The note makes the address a new one, so that what the page shows was read after the action.
        routes.MapAction("/deadletters/{id}/replay", async (request, form, cancellationToken) =>
            $"/deadletters/{Id(request)}?note={actions.Note(await actions.ReplayAsync(form["app"].ToString(), request["id"]!, cancellationToken))}");
        routes.MapAction("/deadletters/{id}/dismiss", async (request, form, cancellationToken) =>
        {
            var outcome = await actions.DismissAsync(form["app"].ToString(), request["id"]!, form["reason"], cancellationToken);
            return $"/deadletters/{Id(request)}{(outcome.Refusal is null ? "" : "/dismiss")}?note={actions.Note(outcome)}";
        });
        routes.MapAction("/deadletters/runs", (_, form, _) =>
        {
            var (number, isNew) = runs.Begin(form["group"].ToString(), int.TryParse(form["count"], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1);
            return Task.FromResult($"/deadletters/runs/{number}{(isNew ? "" : "?another=1")}");
        });

        Task<LetterModel?> LoadAsync(PageRequest request, CancellationToken cancellationToken) => letters.LoadAsync(request["id"]!, actions.Noted(request["note"], request["id"]!), cancellationToken);

        static string Id(PageRequest request) => Uri.EscapeDataString(request["id"]!);
    }
}
