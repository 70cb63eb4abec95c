using System.Net;
using System.Net.Http.Json;
using InventoryApp.Changes;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>What requests asked for is told whatever happens between save and publish.</summary>
public sealed class UntoldNoteTests : ToldTest
{
    private const string Note = "untold:";

    [Fact]
    public async Task Put_BrokerDown_IsToldByALaterLook()
    {
        App.Events.Down = true;
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("p", 10)).StatusCode);
        await NotTakenAsync(1);
        await LookAsync();
        Assert.Equal(1, Noted);

        App.Events.Down = false;
        await LookAsync();

        Assert.Equal(["p:1"], Ids);
        Assert.Equal(0, Noted);
    }

    [Fact]
    public async Task Service_OfARunningReplica_LooksByItself()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var replica = new InventoryApi { Time = time, Settings = { ["Inventory:PublishStockChanges"] = "true" } };
        using var http = replica.CreateClient();
        replica.Events.Down = true;
        (await http.PutAsJsonAsync("/api/inventory/p", new { total = 1 })).EnsureSuccessStatusCode();
        // Else its own round could tell, which the answer does not wait for.
        await Eventually.TrueAsync(() => replica.Events.NotTaken > 0, "the round has tried to tell");
        replica.Events.Down = false;

        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(UntoldLook.Interval);
                return !replica.Events.Published.IsEmpty;
            },
            "the change is told");
    }

    [Fact]
    public async Task Put_ProcessEndsBetweenSaveAndPublish_IsToldByAnotherReplica()
    {
        var never = new TaskCompletionSource();
        App.Events.BeforePublish = _ => never.Task;
        await PutAsync("p", 10);
        Assert.Empty(Told);

        App.Events.BeforePublish = _ => Task.CompletedTask;
        await LookAsync(TimeSpan.Zero);
        Assert.Empty(Told);
        await LookAsync();

        Assert.Equal(["p:1"], Ids);
        Assert.Equal(0, Noted);
        never.SetResult();
    }

    [Fact]
    public async Task Put_SaveAppliedButNeverConfirmed_IsTold()
    {
        App.State.FaultOf = save =>
        {
            if (save.Key != "stock:p") return SaveFault.None;
            App.State.IsUnreadable = key => key == "stock:p";
            return SaveFault.AppliedButUnknown;
        };
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PutAsync("p", 10)).StatusCode);
        await LookAsync(UntoldLook.DropAfter);
        Assert.Equal((0, 1), (Told.Count, Noted));

        App.State.IsUnreadable = _ => false;
        await LookAsync();

        Assert.Equal(["p:1"], Ids);
        Assert.Equal(0, Noted);
    }

    [Fact]
    public async Task Put_NoteCannotBeStored_IsRefusedAndNothingIsSaved()
    {
        App.State.FaultOf = save => save.Key.StartsWith(Note, StringComparison.Ordinal) ? SaveFault.NotApplied : SaveFault.None;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PutAsync("p", 10)).StatusCode);
        Assert.Equal("SUCCESS", (await App.DeliverAsync(("e", InventoryApi.Deduct("o", 1, "q"))))["e"]);

        Assert.Empty(App.State.Values("stock:p"));
        Assert.Equal(["q:1"], Ids);
    }

    [Fact]
    public async Task Put_NoteAppliedButUnknown_IsNotedOnce()
    {
        var saves = 0;
        App.State.FaultOf = save => save.Key.StartsWith(Note, StringComparison.Ordinal) && saves++ == 0 ? SaveFault.AppliedButUnknown : SaveFault.None;

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("p", 10)).StatusCode);
        await NothingNotedAsync();

        Assert.Equal(["p:1"], Ids);
    }

    [Fact]
    public async Task Put_NotesDamaged_AreLeftAsTheyAreAndOthersUsed()
    {
        for (var shard = 0; shard < 8; shard++) await App.WriteAsync(Note + shard, shard % 2 == 0 ? "{}" : "nonsense");

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("p", 10)).StatusCode);
        await LookAsync();
        await ToldAsync(1);

        Assert.Equal(4, App.State.Values(Note).Values.Count(document => document.SequenceEqual("nonsense"u8.ToArray())));
    }

    [Fact]
    public async Task Look_NothingRecorded_DropsTheNoteAfterLong()
    {
        await App.WriteAsync("untold:3", $$"""{"notes":[{"id":"n","time":"{{Time.GetUtcNow():O}}","operations":[{"productId":"p","operationId":"x:total"}],"newer":1}],"newest":2}""");

        await LookAsync(UntoldLook.DropAfter - TimeSpan.FromMinutes(1));
        Assert.Equal(1, Noted);
        await LookAsync(UntoldLook.DropAfter);

        Assert.Equal((0, 0), (Noted, Told.Count));
        Assert.Equal("""{"notes":[],"newest":2}"""u8.ToArray(), App.State.Values("untold:3").Single().Value);
    }

    [Fact]
    public async Task Look_OneProductDamaged_TellsTheOthersAndKeepsIt()
    {
        App.Events.Down = true;
        await Http.PutAsJsonAsync("/api/inventory", new { items = new[] { new { productId = "p", total = 1 }, new { productId = "q", total = 2 } } });
        await NotTakenAsync(2);
        var sound = App.State.Values("stock:p").Single().Value;
        await App.WriteAsync("stock:p", "{}");
        App.Events.Down = false;

        await LookAsync(UntoldLook.DropAfter);
        Assert.Equal(("q:1", 1), (Assert.Single(Ids), Noted));
        await App.WriteAsync("stock:p", System.Text.Encoding.UTF8.GetString(sound));
        await LookAsync();

        Assert.Equal(["q:1", "p:1"], Ids);
        Assert.Equal(0, Noted);
    }

    [Fact]
    public async Task Put_DamagedProduct_LeavesNoNote()
    {
        await App.WriteAsync("stock:p", "{}");

        Assert.False((await PutAsync("p", 10)).IsSuccessStatusCode);

        await NothingNotedAsync();
    }

    [Fact]
    public async Task Put_KeyUsedTwiceInOneRoundAndBrokerDown_StaysNoted()
    {
        App.Events.Down = true;
        var hold = new TaskCompletionSource();
        App.State.BeforeSave = save => save.Key == "stock:p" ? hold.Task : Task.CompletedTask;
        var before = PutAsync("p", 1);
        await Eventually.TrueAsync(() => App.State.Calls.Contains("save-many 1"), "the first round saves");
        var both = new[] { KeyedAsync(5), KeyedAsync(6) };
        hold.SetResult();
        await before;
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity], (await Task.WhenAll(both)).Select(answer => answer.StatusCode).Order());

        App.Events.Down = false;
        await LookAsync();

        // Both tell of it when they came into two rounds.
        Assert.Equal(["p:1", "p:2"], Ids.Distinct().Order());
    }

    [Fact]
    public async Task Notes_AllFull_RefuseInsteadOfGrowing()
    {
        App.Events.Down = true;
        var refused = 0;
        for (var i = 0; i < 40 && refused == 0; i++)
        {
            var answer = await Http.PutAsJsonAsync("/api/inventory", new { items = Enumerable.Range(0, 500).Select(number => new { productId = $"{new string('书', 100)}{i}.{number}", total = 1 }) });
            if ((await answer.Content.ReadAsStringAsync()).Contains("UNAVAILABLE", StringComparison.Ordinal)) refused++;
        }

        Assert.Equal(1, refused);
        Assert.All(App.State.Values(Note).Values, document => Assert.InRange(document.Length, 1, 256 * 1024));
        App.Events.Down = false;
        for (var look = 0; look < 20 && Noted > 0; look++) await LookAsync();
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("p", 1)).StatusCode);
        await NothingNotedAsync();
        Assert.Equal(App.State.Values("stock:").Count, Ids.Distinct().Count());
    }

    private Task<HttpResponseMessage> KeyedAsync(long total)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, "/api/inventory/p") { Content = JsonContent.Create(new { total }) };
        request.Headers.Add("Idempotency-Key", "\"k\"");
        return Http.SendAsync(request);
    }
}
