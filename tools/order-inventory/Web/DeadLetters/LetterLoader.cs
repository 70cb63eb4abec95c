using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.DeadLetters;

namespace OrderInventory.Web.DeadLetters;

/// <summary>Reads the dead letters of both apps.</summary>
internal sealed class LetterLoader(SystemClient system)
{
    /// <summary>Letters of each app that a run looks through.</summary>
    public const int MaxScanned = 2_000;

    /// <summary>Letters of each app that a page reads.</summary>
    public const int MaxRead = MaxPages * DeadLetterClient.PageSize;

    private const int MaxPages = 2;
    private const int MaxListed = 200;
    private const string End = "end";

    // What is shown is escaped once more as HTML, so that it may be as people read it here.
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The letters of each app.</summary>
    public IReadOnlyList<DeadLetterClient> Apps { get; } = [new(system.Orders), new(system.Inventory)];

    /// <summary>The group of a letter.</summary>
    public static string GroupOf(Letter letter) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{letter.Topic}\n{(letter.Reason is null ? "" : ":" + letter.Reason)}")).AsSpan(0, 8));

    /// <summary>Letters of both apps: the newest, or those before what <paramref name="request"/> says.</summary>
    public async Task<LettersModel> ListAsync(PageRequest request, IReadOnlyList<RunModel> runs, CancellationToken cancellationToken)
    {
        var (group, status) = (request["group"], request["status"]);
        if (status is not null && !LettersModel.Statuses.Contains(status)) throw new RefusedException($"A dead letter is {string.Join(", ", LettersModel.Statuses)}; none is {status}.");
        var missing = new List<Exception>();
        var read = await Task.WhenAll(Apps.Select(app => TryPagesAsync(app, request[app.App], missing, cancellationToken)));
        if (missing.Count == Apps.Count) throw missing[0];
        var all = read.SelectMany(app => app.Letters).OrderByDescending(kept => kept.Letter.RecordedTime).ToArray();
        var listed = all.Where(kept => (group is null || GroupOf(kept.Letter) == group) && (status ?? kept.Letter.Status) == kept.Letter.Status).ToArray();
        var older = read.All(app => app.Next == End) ? null
            : $"/deadletters?group={Uri.EscapeDataString(group ?? "")}&status={Uri.EscapeDataString(status ?? "")}&{string.Join('&', Apps.Zip(read, (app, found) => $"{app.App}={Uri.EscapeDataString(found.Next)}"))}";
        return new LettersModel(Groups(all), [.. listed.Take(MaxListed)], listed.Length, group, status, all.Length, Apps.All(app => request[app.App] is null), older, runs, [.. missing.Select(error => "Not shown: some of the letters. " + error.Message).Order()]);
    }

    /// <summary>One letter in full; null when neither app has it.</summary>
    public async Task<LetterModel?> LoadAsync(string id, LetterOutcome? note, CancellationToken cancellationToken)
    {
        var missing = new List<Exception>();
        var found = (await Task.WhenAll(Apps.Select(async app => (app.App, Details: await TryAsync(() => app.ReadAsync(id, cancellationToken), missing))))).FirstOrDefault(app => app.Details is not null);
        if (found.Details is { } details) return new LetterModel(found.App, details.Letter, Readable(details.Body), GroupOf(details.Letter), OrderLink(details.Letter), note);
        return missing.Count > 0 ? throw missing[0] : null;
    }

    /// <summary>The oldest open letters of a group that can be replayed, oldest first, so that those of one key come in their order.</summary>
    public async Task<IReadOnlyList<KeptLetter>> OldestOfAsync(string group, int count, CancellationToken cancellationToken)
    {
        foreach (var app in Apps)
        {
            var found = new List<KeptLetter>();
            var scanned = 0;
            await foreach (var letter in app.ListAsync(cancellationToken))
            {
                if (letter is { Status: Letter.Open, CanReplay: true } && GroupOf(letter) == group) found.Add(new KeptLetter(app.App, letter));
                if (++scanned == MaxScanned) break;
            }

            found.Reverse();
            // A letter may be listed twice; its place is the first.
            if (found.Count > 0) return [.. found.DistinctBy(kept => kept.Letter.Id).Take(count)];
        }

        return [];
    }

    /// <summary>The newest letters of an app, by id; those that are older are not among them.</summary>
    public async Task<IReadOnlyDictionary<string, Letter>> NewestAsync(string app, CancellationToken cancellationToken) =>
        (await PagesAsync(Apps.Single(client => client.App == app), null, cancellationToken)).Letters.ToDictionary(kept => kept.Letter.Id, kept => kept.Letter);

    private static IReadOnlyList<LetterGroup> Groups(IEnumerable<KeptLetter> letters) =>
    [
        .. letters.Where(kept => kept.Letter.Status == Letter.Open).GroupBy(kept => (Id: GroupOf(kept.Letter), kept.App, kept.Letter.Topic, kept.Letter.Reason))
            .Select(same => new LetterGroup(same.Key.Id, same.Key.App, same.Key.Topic, same.Key.Reason, same.Count(), same.Count(kept => kept.Letter.CanReplay), same.Min(kept => kept.Letter.RecordedTime)))
            .OrderByDescending(found => found.Count).ThenBy(found => found.Id),
    ];

    private static string? OrderLink(Letter letter) => letter.EventId is { } id && id.IndexOf(':') is var end and > 0 ? Products.ProductPages.OrderAddress(id[..end]) : null;

    private static string Readable(string body)
    {
        try
        {
            return JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(body), Pretty);
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static async Task<Found> TryPagesAsync(DeadLetterClient app, string? cursor, List<Exception> missing, CancellationToken cancellationToken) =>
        await TryAsync(() => PagesAsync(app, cursor, cancellationToken)!, missing) ?? new Found([], End);

    private static async Task<Found> PagesAsync(DeadLetterClient app, string? cursor, CancellationToken cancellationToken)
    {
        var letters = new List<KeptLetter>();
        for (var page = 0; page < MaxPages && cursor != End; page++)
        {
            var (found, next) = await app.PageAsync(cursor, cancellationToken);
            letters.AddRange(found.Select(letter => new KeptLetter(app.App, letter)));
            cursor = next ?? End;
        }

        return new Found([.. letters.DistinctBy(kept => kept.Letter.Id)], cursor!);
    }

    // One app that is down, or a right that is lacking, hides its own letters only.
    private static async Task<T?> TryAsync<T>(Func<Task<T?>> read, List<Exception> missing)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            lock (missing) missing.Add(error);
            return null;
        }
    }

    /// <summary>Letters of an app, and the cursor of older ones; <see cref="End"/> when there are none.</summary>
    private sealed record Found(IReadOnlyList<KeptLetter> Letters, string Next);
}
